export const starterDocuments: readonly string[] = []
