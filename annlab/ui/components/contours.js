// Contour lines of values on a square grid.

// Segments between grid positions where values cross a level: [x0, y0, x1, y1] as shares.
export function contour(values, size, level) {
  const found = [];
  const at = (row, column) => values[row * size + column] - level;
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
      const ends = [];
      for (let k = 0; k < 4; k++) {
        const [[r0, c0], [r1, c1]] = [corners[k], corners[(k + 1) % 4]];
        const [a, b] = [at(r0, c0), at(r1, c1)];
        if (a < 0 === b < 0) continue;
        const t = a / (a - b);
        ends.push([(c0 + (c1 - c0) * t) / (size - 1), (r0 + (r1 - r0) * t) / (size - 1)]);
      }
      for (let k = 0; k + 1 < ends.length; k += 2) found.push([...ends[k], ...ends[k + 1]]);
    }
  }
  return found;
}
