// Frames of films of confusion matrices.

// As Plotly has it: height of a line in letter sizes, and width of a letter in heights of a line.
const LINE = 1.3;
const LETTER = LINE / 2;
const GAP = 2; // pixels between cells

// Cells of a confusion matrix, as Plotly draws a heat map with texts: its letters are as large as
// the longest text allows, of which it also counts the marks for bold.
function paintCells(context, film, k, to) {
  const n = film.counts.shape[1];
  const [width, height] = [to.x(1) - to.x(0), to.y(1) - to.y(0)];
  const [lowest, highest] = film.opacity;
  const texts = Array.from({ length: n * n }, (_, i) => {
    const at = k * n * n + i;
    const count = String(film.counts[at]);
    return film.percents ? [count, `${(100 * film.shares[at]).toFixed(1)}%`] : [count];
  });
  const bold = film.percents ? "<b></b>".length : 0;
  const longest = Math.max(...texts.flatMap(([count, ...more]) =>
    [count.length + bold, ...more.map((text) => text.length)]));
  const n_lines = texts[0].length;
  const size = Math.min(
    film.text_size,
    Math.floor((width - GAP) / longest / LETTER),
    Math.floor((height - GAP) / n_lines / LINE),
  );
  context.textAlign = "center";
  texts.forEach((lines, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    const [x, y] = [to.x(column), to.y(row)];
    // Whole percents, which are also the colors of the picture at rest.
    const share = Math.round(100 * film.shares[k * n * n + i]) / 100;
    context.globalAlpha = lowest + (highest - lowest) * share;
    context.fillStyle = film.color;
    const [left, top] = [x - (width - GAP) / 2, y - (height - GAP) / 2];
    context.fillRect(left, top, width - GAP, height - GAP);
    context.globalAlpha = 1;
    context.fillStyle = film.colors.ink;
    lines.forEach((text, line) => {
      context.font = `${bold && !line ? "bold " : ""}${size}px "Source Sans", sans-serif`;
      context.fillText(text, x, y + size * (1 - LINE * (n_lines / 2 - line)));
    });
  });
}
