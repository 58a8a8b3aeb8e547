export const rehearseAdopted = null;
