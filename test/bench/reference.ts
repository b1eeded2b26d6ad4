export async function benchReference(_: object): Promise<import('./figure.ts').Figure[]> {
  return []
}
