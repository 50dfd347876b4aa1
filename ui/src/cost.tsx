import type { CostAnswer } from '../../src/web/shapes.ts';

export const CostWords = ({ cost }: { cost: CostAnswer }) => <>Rotation costs {cost.monthly}.</>;
