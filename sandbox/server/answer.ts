/** What goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without the header that carries AWS's request id. */
  readonly isAnonymous?: boolean;
}
