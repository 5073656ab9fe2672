// Frames of films of confusion matrices.

// As Plotly has it: height of a line in letter sizes, and width of a letter in heights of a line.
const CELL_LINE = 1.3;
const CELL_LETTER = CELL_LINE / 2;

// Cells of a confusion matrix, as Plotly draws a heat map with texts: its letters are as large as
// the longest text allows, of which it also counts the marks for bold.
function paintCells(context, film, k, to) {
  const n = film.counts.shape[1];
  const [lowest, highest] = film.opacity;
  const [x, y] = [to.x, to.y].map((at) => Array.from({ length: n }, (_, i) => Math.round(at(i))));
  const least = (at) => Math.min(...at.slice(1).map((value, i) => value - at[i])) - film.gap;
  const [width, height] = [to.x(1) - to.x(0) - film.gap, to.y(1) - to.y(0) - film.gap];
  const cells = Array.from({ length: n * n }, (_, i) => {
    const count = String(film.counts[k * n * n + i]);
    return film.texts ? [count, film.texts[k][i]] : [count];
  });
  const marks = film.texts ? "<b></b>".length : 0;
  const longest = Math.max(...cells.flat().map((text, i) => text.length + (i % 2 ? 0 : marks)));
  const n_lines = cells[0].length;
  const size = Math.min(
    film.text_size,
    Math.floor(least(x) / longest / CELL_LETTER),
    Math.floor(least(y) / n_lines / CELL_LINE),
  );
  context.textAlign = "center";
  cells.forEach((lines, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    context.globalAlpha = lowest + ((highest - lowest) * film.shares[k * n * n + i]) / 100;
    context.fillStyle = film.color;
    context.fillRect(to.x(column) - width / 2, to.y(row) - height / 2, width, height);
    context.globalAlpha = 1;
    context.fillStyle = film.colors.ink;
    lines.forEach((text, line) => {
      context.font = `${marks && !line ? "bold " : ""}${size}px "Source Sans", sans-serif`;
      context.fillText(text, x[column], y[row] + size * (1 - CELL_LINE * (n_lines / 2 - line)));
    });
  });
}
