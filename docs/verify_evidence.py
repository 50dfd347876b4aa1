#!/usr/bin/env python3
"""Checks evidence that `keyturn report --out DIR` wrote, with Python's standard library alone (3.9 or later).

    python3 verify_evidence.py [--trust-approver FILE] [--trust-maker FILE] [--trust FILE] DIR

An independent reading of evidence-format.md, without any code of Keyturn: the files, the chain, the history, the
outcomes, the counts and the signatures; not the wording of the reports. FILE has public keys in PEM. Each option can
be repeated. Exit 0: consistent. Exit 5: not, with a code of evidence-format.md on standard error. Exit 2: nothing to
check, or no keys in a FILE. Memory grows with the keys, not with the bytes.
"""
import base64
import bisect
import getopt
import hashlib
import json
import os
import re
import sys
from collections import Counter

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", re.ASCII)  # compares as text
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")
APPROVAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
FILE_NAME = re.compile(r"(\.gitattributes|[A-Za-z0-9][A-Za-z0-9._-]{0,127})\Z")
UNNAMED = ("manifest.json", "SHA256SUMS", "bundle.dsse.json")
NEEDED = ("plan.jsonl", "findings.jsonl", "journal.jsonl")
MANIFEST = {"schema": str, "rollout": NAME, "keyturnVersion": str, "scope": dict, "times": dict, "notSeen": dict}
MANIFEST.update({"journal": dict, "files": list})
FINDINGS = ("candidate", "enabled", "ineligible", "unknown")
WEIGHTS = {"decline": 3, "approve": 2, "defer": 1}
DECISIONS = {"approve": "approved", "decline": "declined", "defer": "deferred"}
APPROVAL = {"schema", "approval", "rollout", "planDigest", "at", "expiresAt", "submittedBy", "source", "decisions"}
APPROVAL |= {"reason", "signature", "imported"}
OUTCOMES = ("enabled", "already-enabled", "skipped", "failed", "pending")
VERDICTS = ("confirmed", "discrepant", "unreadable")
LARGEST = 2**53 - 1  # of the integers that every reader of JSON reads alike
LONGEST_LINE = 300_000_000


class Wrong(Exception):
    """The evidence does not hold: a code of evidence-format.md, where, and why."""


class Malformed(ValueError):
    """A record is not what it should be; whoever reads it knows the code."""


def require(holds, code, where, why):
    if not holds:
        raise Wrong(f"{code}: {where}: {why}")


# Reading: a record is written in one way only, so that no two readers can read it differently.


def integer(digits):
    if len(digits) > 17 or abs(int(digits)) > LARGEST:
        raise Malformed("a number is too large")
    return int(digits)


def fraction(text):
    if float(text).is_integer():
        raise Malformed("an integer is written as one")
    return float(text)


def in_ascii(text):
    return re.sub(r"[^\x00-\x7e]+", lambda found: json.dumps(found[0])[1:-1], text).replace("\x7f", "\\u007f")


def parse(data):
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_int=integer, parse_float=fraction)
        written = json.dumps(value, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError, MemoryError) as error:
        raise Malformed(f"no JSON ({type(error).__name__})") from error
    if not isinstance(value, dict) or in_ascii(written) != in_ascii(text):
        raise Malformed("no JSON object as Keyturn writes one (white space, a key twice, a needless escape)")
    return value


def field(record, name, kind=str):
    """A field that has to be there and fit: a type, a pattern, or one of several words."""
    value = record.get(name) if isinstance(record, dict) else None
    if isinstance(kind, type):
        fits = type(value) is kind and not (kind is int and value < 0)
    elif isinstance(kind, re.Pattern):
        fits = isinstance(value, str) and kind.match(value)
    else:
        fits = isinstance(value, str) and value in kind
    if not fits:
        raise Malformed(f"{name} is missing, or not what it should be")
    return value


def read_records(directory, name, code, use):
    """Hands each line, its object and its place to `use`, which may find it malformed."""
    with open(os.path.join(directory, name), "rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            where = f"{name} line {number}"
            require(line.endswith(b"\n"), code, where, "the line has no end")
            try:
                use(line[:-1], where)
            except (Malformed, RecursionError) as error:
                raise Wrong(f"{code}: {where}: {error}") from error


def read_document(directory, name, code):
    documents = []

    def use(line, where):
        require(not documents, code, where, "there is more than one line")
        documents.append(parse(line))

    read_records(directory, name, code, use)
    require(documents, code, name, "it is empty")
    return documents[0]


def ascending(text):
    """The order of UTF-16 code units."""
    return text.encode("utf-16-be", "surrogatepass")


def measure(path):
    size, sha256 = 0, hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            sha256.update(chunk)
            size += len(chunk)
    return size, sha256.hexdigest()


# The manifest and the files.


def read_manifest(directory):
    return check_manifest(read_document(directory, "manifest.json", "evidence-manifest"))


def check_manifest(manifest):
    try:
        if list(manifest) != list(MANIFEST) or manifest["schema"] != "keyturn/evidence/v1":
            raise Malformed("no manifest of keyturn/evidence/v1")
        for name, kind in MANIFEST.items():
            field(manifest, name, kind)
        if field(manifest["journal"], "entries", int) < 1:
            raise Malformed("a journal has an entry")
        field(manifest["journal"], "head", SHA256)
        names = [field(file, "name", FILE_NAME) for file in manifest["files"]]
        for file in manifest["files"]:
            field(file, "bytes", int), field(file, "sha256", SHA256)
        if len(set(names)) < len(names) or set(names) & set(UNNAMED) or set(NEEDED) - set(names):
            raise Malformed("it names a file twice, one that it may not name, or not all that it has to")
    except Malformed as error:
        raise Wrong(f"evidence-manifest: manifest.json: {error}") from error
    return manifest


def check_files(directory, manifest, plain):
    """Each file that the manifest names and SHA256SUMS, unchanged, and nothing else."""
    files = [(file["name"], (file["bytes"], file["sha256"])) for file in manifest["files"]]
    allowed = {name for name, _ in files} | set(UNNAMED)
    for name in sorted(os.listdir(directory)):
        require(name in allowed and name in plain, "evidence-file-extra", ascii(name), "unnamed, or no plain file")
    sums = [(name, sha256) for name, (_, sha256) in files]
    sums.append(("manifest.json", measure(os.path.join(directory, "manifest.json"))[1]))
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in sums).encode()
    for name, expected in files + [("SHA256SUMS", (len(text), hashlib.sha256(text).hexdigest()))]:
        require(name in plain, "evidence-file-missing", name, "it is not there")
        found = measure(os.path.join(directory, name))
        require(found == expected, "evidence-file-changed", name, "it does not agree with the manifest")


# The findings.


class Findings:
    """The candidates, and counts by place and by reason."""

    def __init__(self):
        self.candidates, self.places, self.reasons, self.last = set(), {}, {}, ""

    def read(self, line, where):
        record = parse(line)
        key_arn, finding = field(record, "keyArn"), field(record, "finding", FINDINGS)
        place = (field(record, "account"), field(record, "region"))
        require(ascending(key_arn) > ascending(self.last), "evidence-findings", where, "it is out of order")
        self.last = key_arn
        self.places.setdefault(place, Counter())[finding] += 1
        if finding == "candidate":
            self.candidates.add(key_arn)
        if record.get("reason") is not None:
            self.reasons.setdefault(finding, Counter())[field(record, "reason")] += 1


# The journal: one fold over its lines.


class Key:
    """The story of one key so far."""

    decision = approval = expires = period = outcome = verdict = report = None
    intents, is_open = 0, False

    def __init__(self):
        self.voices, self.made = {}, {}  # by approver, the last decision of each, and its time
        self.ranked = []  # ascending; what its approver has replaced goes when it comes to the end

    def decide(self, approver, voice):
        """Any decline, else the approve that holds longest, else a defer; of equals the latest."""
        self.voices[approver] = voice = (*voice, approver)
        bisect.insort(self.ranked, voice)
        while self.voices[self.ranked[-1][-1]] is not self.ranked[-1]:
            self.ranked.pop()
        _, self.expires, _, self.decision, self.approval, self.period, _ = self.ranked[-1]

    def is_on(self):
        return self.outcome in ("enabled", "already-enabled")

    def end(self, change, is_open):
        """Takes in what `outcomes.jsonl` has to say of the key from here on."""
        self.is_open, self.outcome = is_open, "pending" if is_open else change["outcome"]
        self.report = digest({**change, "outcome": "pending", "reason": "unsettled"} if is_open else change)


def digest(record):
    """Of an outcome, as far as it follows from the journal: the explanation of an open one is wording."""
    said = {**record, "reason": record.get("reason")}
    if said["reason"] == "unsettled":
        said.pop("explanation", None)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


def read_approver(approval):
    """The key that signed, else the caller as AWS knows it, else the user of a machine."""
    by = field(approval, "submittedBy", dict)
    user, host = field(by, "osUser"), field(by, "host")
    if "signature" in approval:
        return "key:" + read_signature(approval["signature"])["keyid"]
    return "aws:" + field(by, "callerArn") if "callerArn" in by else f"os:{user}@{host}"


class History:
    """Holds each entry against those before it: the chain, what may stand where, the rules for each kind."""

    def __init__(self, rollout, findings, findings_sha256):
        self.rollout, self.findings, self.findings_sha256 = rollout, findings, findings_sha256
        self.entries, self.head, self.begun, self.plan = 0, "0" * 64, None, None
        self.places, self.approvals, self.keys, self.kinds = {}, {}, {}, set()
        self.envelopes = {}  # the SHA-256 of the file of each signed approval
        self.signed = []  # for each approval: its id, the keyid, whether the signature holds, whether it approves a key

    def read(self, line, where):
        start = f'{{"rollout":"{self.rollout}","seq":{self.entries + 1},"previous":"{self.head}"'
        require(line.startswith(start.encode()), "evidence-chain", where, "it does not follow from the line before")
        entry = parse(line)
        if list(entry) != ["rollout", "seq", "previous", "at", "kind", "body"]:
            raise Malformed("not the fields of an entry")
        field(entry, "at", TIME)
        body, kind = field(entry, "body", dict), field(entry, "kind")
        rule = RULES.get(kind)
        if rule is None or (self.begun is None) != (kind == "assess-begun"):
            raise Malformed("its kind does not exist, or cannot stand here")
        rule(self, body, lambda code, holds, why: require(holds, "evidence-" + code, where, why))
        self.kinds.add(kind)
        self.entries, self.head = self.entries + 1, hashlib.sha256(line).hexdigest()

    def begin(self, body, must):
        must("entry", field(body, "id") == self.rollout, "it is about another rollout")
        must("entry", "planDigest" not in body and "assessedAt" not in body, "there cannot be a plan yet")
        field(body, "scope", dict), field(body, "RotationPeriodInDays", int)
        self.begun = body

    def reach(self, body, must):
        must("entry", self.plan is None, "the assessment is complete")
        self.begin(field(body, "rollout", dict), must)
        field(body, "places", list)
        for account in field(body, "accounts", list):
            self.places.pop((account, "*"), None)

    def assess_place(self, body, must):
        field(body, "listed", int), field(body, "awsManaged", int)
        self.miss_place(body, must)

    def miss_place(self, body, must):
        must("entry", self.plan is None, "the assessment is complete")
        self.places[field(body, "account"), field(body, "region")] = body

    def complete(self, body, must):
        must("entry", self.plan is None, "the assessment is complete")
        same = field(body, "findingsDigest", SHA256) == self.findings_sha256
        must("findings", same, "findings.jsonl is not what was assessed")
        self.plan = field(body, "planDigest", SHA256)

    def approve(self, body, must):
        if set(body) - APPROVAL:
            raise Malformed("not the fields of an approval")
        approval, at, counts, named = field(body, "approval"), field(body, "at", MOMENT), Counter(), set()
        approver, expires, imported = read_approver(body), field(body, "expiresAt", MOMENT), "imported" in body
        recorded = field(field(body, "imported", dict), "at", MOMENT) if imported else at
        must("approval", at < expires and recorded < expires, "it had expired when it was recorded")
        must("approval", ("callerArn" in body["submittedBy"]) != imported, "the submitter does not fit its origin")
        must("approval", self.plan and field(body, "planDigest") == self.plan, "it is over another plan")
        must("approval", field(body, "rollout") == self.rollout, "it is of another rollout")
        must("approval", APPROVAL_ID.match(approval), "its id is not one")
        must("approval", approval not in self.approvals, "its id was used before")
        for item in field(body, "decisions", list):
            shown = {name: field(item, name) for name in ("keyArn", "keyId", "account", "region")}
            key_arn, decision = shown["keyArn"], field(item, "decision", DECISIONS)
            period = field(item, "RotationPeriodInDays", int)
            must("approval", key_arn in self.findings.candidates, "it names a key that is no candidate")
            must("approval", key_arn not in named, "it names a key twice")
            must("approval", period == self.begun["RotationPeriodInDays"], "the period is not the rollout's")
            key = self.keys.setdefault(key_arn, Key())
            is_begun = key.is_open or key.outcome == "enabled"
            must("approval", decision == "approve" or not is_begun, "it comes too late")
            earlier = key.made.get(approver, "")
            must("approval", earlier <= at, "its approver has decided since")
            key.made[approver] = at
            until = expires if decision == "approve" else ""
            key.decide(approver, (WEIGHTS[decision], until, len(self.approvals), decision, approval, period))
            if key.outcome is None:
                pending = {"outcome": "pending", "RotationPeriodInDays": period, "attempts": 0, "drift": []}
                key.report = digest({**shown, **pending})
            named.add(key_arn)
            counts[decision] += 1
        self.approvals[approval] = (at, approval, counts)
        signature, payload = body.get("signature"), approval_statement(body)
        holds = signature is None or is_signature_of(payload, signature)
        if signature:
            self.envelopes[f"approval-{approval}.dsse.json"] = hashlib.sha256(envelope(payload, signature)).hexdigest()
        self.signed.append((approval, signature and signature["keyid"], holds, counts["approve"] > 0))

    def run(self, _body, must):
        must("unapproved-change", self.approvals, "nothing is approved yet")

    def intend(self, body, must):
        approval, change = field(body, "approval"), field(body, "change", dict)
        period, attempts = field(change, "RotationPeriodInDays", int), field(change, "attempts", int)
        field(change, "outcome", OUTCOMES)
        at = field(change, "intendedAt", MOMENT)
        key = self.keys.get(field(change, "keyArn"), Key())
        in_force = (key.decision, key.approval, key.period) == ("approve", approval, period)
        must("unapproved-change", "configure-begun" in self.kinds and in_force, "no approval of this is in force")
        must("unapproved-change", at < key.expires, "the approval had expired")
        must("unapproved-change", not key.is_on(), "the key is on")
        must("outcome", attempts == key.intents + 1, "the attempts are not the intents")
        key.intents = attempts
        key.end(change, True)

    def conclude(self, body, must):
        outcome, attempts = field(body, "outcome", OUTCOMES), field(body, "attempts", int)
        key, announced = self.keys.get(field(body, "keyArn"), Key()), "intendedAt" in body
        must("unapproved-change", "configure-begun" in self.kinds and key.decision, "nobody decided on the key")
        must("outcome", field(body, "RotationPeriodInDays", int) == key.period, "the period is not the decision's")
        must("outcome", not key.is_on(), "the key had ended before")
        must("outcome", attempts == key.intents, "the attempts are not the intents")
        must("outcome", attempts or not (announced or outcome == "enabled"), "it was never announced")
        key.end(body, outcome == "pending" and announced)

    def judge(self, body, must):
        verdict, key = field(body, "verdict", VERDICTS), self.keys.get(field(body, "keyArn"), Key())
        must("verdict", "validate-begun" in self.kinds and key.outcome == "enabled", "the key was not changed")
        differs, rotations = bool(field(body, "differences", list)), body.get("rotations")
        must("verdict", differs == (verdict == "discrepant"), "it contradicts its differences")
        if rotations is not None and field(rotations, "kind", ("read", "unreadable")) == "read":
            counted = field(rotations, "automatic", int) > 0
            must("verdict", counted == ("lastAt" in rotations), "its rotations contradict themselves")
        key.verdict = verdict


RULES = {
    "assess-begun": History.begin,
    "accounts-reached": History.reach,
    "place-assessed": History.assess_place,
    "place-unreachable": History.miss_place,
    "assess-completed": History.complete,
    "approval": History.approve,
    "configure-begun": History.run,
    "intent": History.intend,
    "outcome": History.conclude,
    "validate-begun": History.run,
    "verdict": History.judge,
}


# The reports.


def check_outcomes(directory, keys):
    """A line for each key whose decision in force is `approve`, ascending: its last outcome."""
    approved = iter(sorted((arn for arn, key in keys.items() if key.decision == "approve"), key=ascending))

    def use(line, where):
        key = keys.get(next(approved, None))
        require(key and digest(parse(line)) == key.report, "evidence-report", where, "the journal says otherwise")

    read_records(directory, "outcomes.jsonl", "evidence-report", use)
    require(next(approved, None) is None, "evidence-report", "outcomes.jsonl", "an approved key is missing")


def count_all(history, findings):
    """Those parts of summary.json that can be counted here."""
    approved = [key for key in history.keys.values() if key.decision == "approve"]
    decided = Counter(key.decision for key in history.keys.values())
    outcomes = Counter(key.outcome or "pending" for key in approved)
    verdicts = Counter(key.verdict for key in approved if key.verdict)
    by_place = [body for _, body in sorted(history.places.items())]
    places = [count_place(body, findings) for body in by_place if "listed" in body]
    unseen = [{name: body[name] for name in ("account", "region", "reason")} for body in by_place if "reason" in body]
    return {
        "rollout": history.rollout,
        "scope": history.begun["scope"],
        "planDigest": history.plan,
        "totals": {name: sum(row[name] for row in places) for name in ("listed", *FINDINGS, "awsManaged")},
        "reconciled": all(row["reconciled"] for row in places),
        "ineligible": count_reasons(findings, "ineligible"),
        "unknown": count_reasons(findings, "unknown"),
        "places": places,
        "unreachable": unseen,
        "decisions": {
            **{name: decided[word] for word, name in DECISIONS.items()},
            "undecided": len(findings.candidates) - len(history.keys),
        },
        "approvedBy": [
            {"approval": approval, **{name: counts[word] for word, name in DECISIONS.items()}}
            for _, approval, counts in sorted(history.approvals.values(), key=lambda row: row[:2])
        ],
        "outcomes": {word: outcomes[word] for word in OUTCOMES},
        "validation": verdicts and {
            "requested": len(approved),
            **{word: verdicts[word] for word in VERDICTS},
            "notYetValidated": outcomes["enabled"] - sum(verdicts.values()),
            "notChanged": {word: outcomes[word] for word in OUTCOMES[1:]},
        } or None,
    }


def count_place(body, findings):
    found = findings.places.get((body["account"], body["region"]), Counter())
    row = {name: body[name] for name in ("account", "region", "listed", "awsManaged")}
    reconciled = body["listed"] == body["awsManaged"] + sum(found.values())
    return {**row, **{finding: found[finding] for finding in FINDINGS}, "reconciled": reconciled}


def count_reasons(findings, kind):
    rows = sorted(findings.reasons.get(kind, {}).items(), key=lambda row: (-row[1], row[0]))
    return [{"reason": reason, "count": count} for reason, count in rows]


def holds(said, counted):
    """Whether a document says what was counted; it may say more."""
    if isinstance(counted, dict):
        return isinstance(said, dict) and all(holds(said.get(name), value) for name, value in counted.items())
    if isinstance(counted, list):
        return isinstance(said, list) and len(said) == len(counted) and all(map(holds, said, counted))
    return type(said) is type(counted) and said == counted


def check_counts(where, document, counted):
    for name, value in counted.items():
        require(holds(document.get(name), value), "evidence-report", where, f"{name} is not what it amounts to")


# The signatures: Ed25519 (RFC 8032) over DSSE envelopes.

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PUBLIC_KEY = re.compile(r"MCowBQYDK2VwAyEA[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\Z")  # 44 bytes of DER, in one way only
SIGNATURE = re.compile(r"[A-Za-z0-9+/]{85}[AQgw]==\Z")  # 64 bytes, in one way only
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT = pow(2, (PRIME - 1) // 4, PRIME)
ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = (0, 1, PRIME - 1, ORDER_8, PRIME - ORDER_8)  # the y of the points that no one holds a private key of


def add(one, other):
    """The sum of two points (X, Y, Z, T), as in RFC 8032, 5.1.4."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * CURVE * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = (b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def multiply(scalar, point):
    product = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            product = add(product, point)
        point, scalar = add(point, point), scalar >> 1
    return product


def decode_point(data):
    """None if the bytes are not the one way to write a point, or its order is small."""
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    if y >= PRIME or y in SMALL_ORDER:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if (x * x - square) % PRIME == 0 else x * ROOT % PRIME
    if (x * x - square) % PRIME:
        return None
    x = x if x & 1 == sign else PRIME - x
    return x, y, 1, x * y % PRIME


def encode_point(point):
    x, y = (part * pow(point[2], PRIME - 2, PRIME) % PRIME for part in point[:2])
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode_point((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little"))


def is_ed25519(public, message, signature):
    point, s = decode_point(public), int.from_bytes(signature[32:], "little")
    if point is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    negative = (-point[0] % PRIME, point[1], 1, -point[3] % PRIME)
    return encode_point(add(multiply(s, BASE), multiply(k, negative))) == signature[:32]


def read_signature(record):
    if not isinstance(record, dict) or set(record) != {"keyid", "publicKey", "sig"}:
        raise Malformed("signature is not what it should be")
    field(record, "keyid", SHA256), field(record, "publicKey", PUBLIC_KEY), field(record, "sig", SIGNATURE)
    return record


def is_signature_of(payload, signature):
    """Whether it is over the payload, by the very key that it names."""
    der = base64.b64decode(signature["publicKey"])
    message = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
    is_named = hashlib.sha256(der).hexdigest() == signature["keyid"]
    return is_named and is_ed25519(der[12:], message, base64.b64decode(signature["sig"]))


def in_order(value):
    """The same value with the fields of each object in the order of RFC 8785."""
    if isinstance(value, dict):
        return {name: in_order(value[name]) for name in sorted(value, key=ascending)}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def statement(name, sha256, kind, predicate):
    subject = [{"name": name, "digest": {"sha256": sha256}}]
    whole = {"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": f"urn:keyturn:{kind}:v1"}
    text = json.dumps(in_order({**whole, "predicate": predicate}), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def approval_statement(approval):
    signed = {name: value for name, value in approval.items() if name not in ("signature", "imported")}
    return statement("plan.jsonl", approval["planDigest"], "approval", signed)


def envelope(payload, signature):
    encoded = base64.b64encode(payload).decode()
    whole = {"payloadType": PAYLOAD_TYPE, "payload": encoded, "signatures": [signature]}
    return json.dumps(whole, separators=(",", ":")).encode() + b"\n"


def check_envelopes(history, sha256):
    """Each signed approval is in a file of its own, and no other is."""
    named = {name: value for name, value in sha256.items() if name.endswith(".dsse.json")}
    for name in sorted(set(named) | set(history.envelopes)):
        same = named.get(name) == history.envelopes.get(name)
        require(same, "evidence-report", shown(name), "the journal says otherwise")


def check_signatures(directory, history, manifest_sha256, is_signed):
    """Returns the keyid under the bundle, or None."""
    for approval, _, holds_, _ in history.signed:
        require(holds_, "evidence-signature", f"approval {shown(approval)}", "its signature does not hold")
    if not is_signed:
        return None
    name = "bundle.dsse.json"
    signatures = read_document(directory, name, "evidence-signature").get("signatures")
    require(isinstance(signatures, list) and len(signatures) == 1, "evidence-signature", name, "not one signature")
    try:
        signature = read_signature(signatures[0])
    except Malformed as error:
        raise Wrong(f"evidence-signature: {name}: {error}") from error
    payload = statement("manifest.json", manifest_sha256, "evidence", {"rollout": history.rollout})
    with open(os.path.join(directory, name), "rb") as file:
        same = file.read() == envelope(payload, signature)
    require(same, "evidence-signature", name, "it is not a signature over this manifest")
    require(is_signature_of(payload, signature), "evidence-signature", name, "its signature does not hold")
    return signature["keyid"]


# Trust: whose keys they are is for the reader to say.

PEM_KEY = re.compile(
    r"^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\s]+)^-----END PUBLIC KEY-----[ \t\r]*$", re.M | re.A
)
ROLES = {"--trust": "either", "--trust-approver": "approver", "--trust-maker": "maker"}


class Unusable(Exception):
    """What the caller gave cannot be used."""


def read_trusted(path, role):
    """The keys of a PEM file as (keyid, role, path); anything else in PEM is refused."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        text = file.read()
    keys = ["".join(body.split()) for body in PEM_KEY.findall(text)]
    sound = all(PUBLIC_KEY.match(key) and decode_point(base64.b64decode(key)[12:]) for key in keys)
    if not keys or len(keys) != text.count("-----BEGIN ") or not sound:
        raise Unusable(f"{ascii(path)} has to contain Ed25519 public keys in PEM, and no others")
    return [(hashlib.sha256(base64.b64decode(key)).hexdigest(), role, path) for key in keys]


def shown(text):
    return ascii(text)[1:-1]


def fits(key, role):
    return key[1] in (role, "either")


def require_trust(history, bundle_keyid, trust):
    """A role for which no key is trusted needs no signature."""
    approving = [(f"approval {shown(name)}", keyid) for name, keyid, _, approves in history.signed if approves]
    rows = [("bundle.dsse.json", bundle_keyid, "maker"), *((*row, "approver") for row in approving)]
    for where, keyid, role in rows:
        if any(fits(key, role) for key in trust):
            is_trusted = any(key[0] == keyid and fits(key, role) for key in trust)
            why = f"it is signed by key {keyid}, which is not trusted as {role}" if keyid else "it is not signed"
            require(is_trusted, "evidence-untrusted", where, why)


def describe_signers(history, bundle_keyid, trust):
    """Sentences on who signed what in which role, and on what that leaves open."""
    rows = [(f"approval {shown(name)}", keyid, "approver") for name, keyid, _, _ in history.signed if keyid]
    rows = [("the bundle", bundle_keyid, "maker")] * bool(bundle_keyid) + rows
    proved, open_ends = [], []
    for what, keyid, role in rows:
        known = [key for key in trust if key[0] == keyid and fits(key, role)]
        names = "; ".join(f"{shown(path)}, trusted as {role}" for _, role, path in known)
        unknown = f"Key {keyid} signed {what}. UNKNOWN KEY: not trusted as {role}."
        proved.append(f"Key {keyid} ({names}) signed {what}." if known else unknown)
    if not bundle_keyid:
        open_ends.append("Origin: the bundle is not signed. Whoever can write all files anew can forge it.")
    unsigned = sum(keyid is None for _, keyid, _, _ in history.signed)
    if unsigned:
        named = "without a signature: only who submitted is named"
        open_ends.append(f"Who decided: {plural(unsigned, 'approval')} {named}.")
    if rows and not trust:
        open_ends.append("Whose keys these are: name those that you trust with --trust-approver and --trust-maker.")
    if any(role == "either" for _, role, _ in trust):
        open_ends.append("That an approver signed the approvals: no role was required of keys named with --trust.")
    for role, who in (("approver", "Who approved"), ("maker", "Who made the bundle")):
        if trust and not any(fits(key, role) for key in trust):
            open_ends.append(f"{who}: no signature was required. Name keys with --trust-{role}.")
    makers, approvers = ({keyid for keyid, known, _ in trust if known == role} for role in ("maker", "approver"))
    for keyid in sorted(makers & approvers):
        open_ends.append(f"That approver and maker are two people: key {keyid} is trusted as both.")
    return proved, open_ends


# What failed, as a whole.

LITTER = re.compile(r"(\.DS_Store|\._.*|\.localized|Icon\r|\.directory|(ehthumbs|Thumbs)\.db|desktop\.ini)\Z", re.I)
ASK_AGAIN = "Do not rely on this evidence. Ask its maker for it again."
CONTRADICT = "The files are what the manifest names, but their contents contradict each other. " + ASK_AGAIN
UNTRUSTED = "The evidence is consistent, but it is not signed by the keys that you trust. "
UNTRUSTED += "Ask the signer whose key it is before you trust it, or "
UNTRUSTED += "ask the maker for evidence that a trusted key signed."
GIT = "To get the original back from git, delete the directory and run: git -c core.autocrlf=false checkout -- DIR"
HIDDEN = "Some tools skip hidden files. Restore this one with: printf '* -text\\n' > .gitattributes"


def with_lf(chunks):
    """The same bytes with LF for each CRLF, also if the two are in different chunks."""
    held = b""
    for chunk in chunks:
        chunk = held + chunk
        held = b"\r" if chunk.endswith(b"\r") else b""
        yield chunk[: len(chunk) - len(held)].replace(b"\r\n", b"\n")
    yield held


def measure_with_lf(path):
    size, sha256 = 0, hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in with_lf(iter(lambda: file.read(1 << 20), b"")):
            sha256.update(chunk)
            size += len(chunk)
    return size, sha256.hexdigest()


def inspect(directory, manifest, manifest_sha256, plain):
    """Names of files by what happened to them: unchanged, missing, changed, with other line endings, extra."""
    files = {file["name"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    sums = [(name, sha256) for name, (_, sha256) in files.items()] + [("manifest.json", manifest_sha256)]
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in sums).encode()
    files["SHA256SUMS"] = (len(text), hashlib.sha256(text).hexdigest())
    states = {"extra": sorted(set(os.listdir(directory)) - set(files) - set(UNNAMED)), "missing": []}
    states["extra"] += sorted(set(os.listdir(directory)) - plain - set(states["extra"]))
    for name, expected in files.items():
        path = os.path.join(directory, name)
        if name not in plain:
            states["missing"].append(name)
        elif measure(path) == expected:
            states.setdefault("unchanged", []).append(name)
        else:
            state = "line endings" if measure_with_lf(path) == expected else "changed"
            states.setdefault(state, []).append(name)
    is_same = measure(os.path.join(directory, "manifest.json"))[1] == manifest_sha256
    states.setdefault("unchanged" if is_same else "line endings", []).append("manifest.json")
    states["expected"] = len(files) + 1
    signature = os.path.join(directory, "bundle.dsse.json")
    if "bundle.dsse.json" in plain and measure(signature) != measure_with_lf(signature):
        states.setdefault("line endings", []).append("bundle.dsse.json")
    return states


def restore_manifest(directory):
    """The manifest with LF for each CRLF, and the SHA-256 of its bytes then."""
    with open(os.path.join(directory, "manifest.json"), "rb") as file:
        text = b"".join(with_lf(iter(lambda: file.read(1 << 20), b"")))
    if not text.endswith(b"\n"):
        raise Malformed("the line has no end")
    return check_manifest(parse(text[:-1])), hashlib.sha256(text).hexdigest()


def explain(directory, code):
    """Says what a failure means for the evidence as a whole, from what really failed."""
    if code == "evidence-untrusted":
        return UNTRUSTED
    plain = {entry.name for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False)}
    if "manifest.json" not in plain:
        return f"manifest.json is missing, so no other file can be checked. {ASK_AGAIN}"
    try:
        manifest, manifest_sha256 = restore_manifest(directory)
    except (Malformed, Wrong):
        return f"manifest.json is damaged or altered, so no other file can be checked. {ASK_AGAIN}"
    states = inspect(directory, manifest, manifest_sha256, plain)
    unchanged, missing, changed, crlf, extra = (
        states.get(state, []) for state in ("unchanged", "missing", "changed", "line endings", "extra")
    )
    if not (missing or changed or crlf or extra):
        signature = f"All {states['expected']} files are consistent, but a signature is not valid. {ASK_AGAIN}"
        return signature if code == "evidence-signature" else CONTRADICT
    total = states["expected"]
    said = []
    if not (missing or changed):
        said.append("With their line endings restored, all" if crlf else "All")
        said[0] += f" {total} files hold." if crlf else f" {total} files that should be here are unchanged."
    if changed:
        said.append(f"{is_or_are(changed)} not what the manifest names: {names_of(changed)}.")
    if missing:
        said.append(f"{is_or_are(missing)} missing: {names_of(missing)}.")
    if (missing or changed) and unchanged:
        said.append(f"Unchanged: {len(unchanged)} of {total} files.")
    if crlf:
        said.append(f"Line endings were changed from LF to CRLF, as git's autocrlf does: {names_of(crlf)}.")
    if extra:
        said.append(f"{is_or_are(extra)} extra: {names_of(extra)}.")
        if all(map(LITTER.match, extra)):
            said.append("macOS or Windows writes such files; they are not part of the evidence.")
    fixes = []
    if missing:
        others = "Restore the missing files, or ask the maker for the evidence again."
        fixes.append(HIDDEN if missing == [".gitattributes"] else others)
    if crlf:
        fixes.append(GIT)
    fixes = [ASK_AGAIN] if changed else fixes or ["Remove what is extra and verify again."]
    return " ".join([*said, *fixes])


def is_or_are(names):
    return "1 file is" if len(names) == 1 else f"{len(names)} files are"


def names_of(names):
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(ascii(name)[1:-1] for name in names[:5]) + more


def plural(number, word):
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


# All of it.


def verify(directory, trust=()):
    """Raises Wrong at the first thing that does not hold; else returns what was proved, and what was not."""
    plain = {entry.name for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False)}
    require("manifest.json" in plain, "evidence-file-missing", "manifest.json", "it is not there")
    manifest = read_manifest(directory)
    check_files(directory, manifest, plain)
    sha256 = {file["name"]: file["sha256"] for file in manifest["files"]}
    findings = Findings()
    read_records(directory, "findings.jsonl", "evidence-findings", findings.read)
    history = History(manifest["rollout"], findings, sha256["findings.jsonl"])
    read_records(directory, "journal.jsonl", "evidence-entry", history.read)
    require(history.begun, "evidence-entry", "journal.jsonl", "it is empty")
    end = {"entries": history.entries, "head": history.head}
    require(manifest["journal"] == end, "evidence-head", "journal.jsonl", "it ends elsewhere than the manifest says")
    same = history.plan in (None, sha256["plan.jsonl"])
    require(same, "evidence-plan", "plan.jsonl", "it is not what was assessed")
    for name in ("outcomes.jsonl", "summary.json"):
        require(name in sha256, "evidence-report", name, "every bundle has it")
    check_outcomes(directory, history.keys)
    counted = count_all(history, findings)
    check_counts("summary.json", read_document(directory, "summary.json", "evidence-report"), counted)
    not_seen = {"unknown": counted["totals"]["unknown"], "unreachable": counted["unreachable"]}
    check_counts("manifest.json", manifest, {"scope": counted["scope"], "notSeen": not_seen})
    check_envelopes(history, sha256)
    manifest_sha256 = measure(os.path.join(directory, "manifest.json"))[1]
    bundle_keyid = check_signatures(directory, history, manifest_sha256, "bundle.dsse.json" in plain)
    require_trust(history, bundle_keyid, trust)
    return describe(manifest, history, counted, *describe_signers(history, bundle_keyid, trust))


def describe(manifest, history, counted, signers, open_ends):
    called = sum(key.intents > 0 for key in history.keys.values())
    sealed = "The findings and the plan are the ones assessed."
    unsealed = "The assessment is not complete: nothing but the manifest seals the findings."
    return f"""The evidence is consistent. Rollout {manifest["rollout"]}.
Proved:
  - The directory holds what the manifest names ({plural(len(manifest["files"]), "file")}), unchanged, and nothing else.
  - The journal is whole ({plural(history.entries, "line")}); the last is {history.head}.
  - {sealed if history.plan else unsealed}
  - Each key that was called ({called}) had an approval in force. Approvals of this plan: {len(history.approvals)}.
  - The outcomes follow from the journal: {", ".join(f"{count} {word}" for word, count in counted["outcomes"].items())}.
  - The counts of summary.json follow from the journal and the findings.{listed(signers)}
Not proved:{listed(open_ends)}
  - The other reports, and the wording of all: `keyturn verify` makes them again.
  - What AWS did: hold the request ids of the outcomes against CloudTrail.
  - The times. They are those of the machine that ran Keyturn, except the dates that AWS answered."""


USAGE = "usage: python3 verify_evidence.py [--trust-approver FILE] [--trust-maker FILE] [--trust FILE] DIR"


def listed(lines):
    return "".join(f"\n  - {line}" for line in lines)


def main(arguments):
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        options, paths = getopt.gnu_getopt(arguments, "", [f"{name[2:]}=" for name in ROLES])
        marks = {"manifest.json", "SHA256SUMS", "journal.jsonl"}
        if len(paths) != 1 or not marks & set(os.listdir(paths[0])):
            print(USAGE, file=sys.stderr)
            return 2
        trust = [key for name, path in options for key in read_trusted(path, ROLES[name])]
        print(verify(paths[0], trust))
    except getopt.GetoptError as error:
        print(error, USAGE, sep="\n", file=sys.stderr)
        return 2
    except Unusable as error:
        print(error, file=sys.stderr)
        return 2
    except Wrong as wrong:
        print(wrong, explain(paths[0], str(wrong).split(":")[0]), sep="\n", file=sys.stderr)
        return 5
    except OSError as error:
        print(f"it cannot be read: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
