// Where samples lie in the pictures on the stage, and what a student's changes move there. Needs
// inside_model.js and contours.js.

// Dashes of the lines of labels, in pixels, in order; the charts have no lines of more labels.
const LABEL_DASHES = [[], [9, 9], [3, 3], [9, 5, 3, 5], [13, 13], [13, 5, 3, 5]];
const CURVE_POINTS = 300;

const onPlane = ({ samples, n_features, axes }, i) => axes.map((axis) => samples.X[n_features * i + axis]);

// By the name of a picture: place of a sample, and what a student's changes do to it.
const STAGES = {
  surface: {
    place: onPlane,
    change: (model, canvas) => {
      if (model.outputs.length === 1) paintBoundaries(model, canvas);
    },
  },
  "label-surfaces": { place: onPlane, change: paintBoundaries },
  fit: { place: ({ samples }, i) => [samples.X[i], samples.targets[i]] },
  "plane-curve": {
    place: ({ samples }, i) => [samples.targets[2 * i], samples.targets[2 * i + 1]],
    change: paintCurveInPlane,
  },
};

// Where each output reaches the threshold with the changes, over the lines of the trained network.
export function paintBoundaries(model, { context, to }) {
  if (!model.y || model.axes[0]) return; // drawn with its features exchanged
  const { x, y, large_grid_size, threshold } = model;
  const { a } = model.surface(large_grid_size).at(-1);
  const n = model.outputs.length;
  const n_lines = Math.min(n, LABEL_DASHES.length);
  const at = (u, v) => [to.x(x[0] + (x[1] - x[0]) * u), to.y(y[1] - (y[1] - y[0]) * v)];
  context.strokeStyle = model.color;
  context.lineWidth = 2.5;
  for (let k = 0; k < n_lines; k++) {
    const values = n > 1 ? a.filter((_, place) => place % n === k) : a;
    context.setLineDash(n > 1 ? LABEL_DASHES[k] : []);
    context.beginPath();
    for (const [x0, y0, x1, y1] of contour(values, large_grid_size, threshold)) {
      context.moveTo(...at(x0, y0));
      context.lineTo(...at(x1, y1));
    }
    context.stroke();
  }
  context.setLineDash([]);
}

// The curve of two outputs with the changes, in the units of the targets.
function paintCurveInPlane(model, { context, to }) {
  const { mean, scale } = model.unit;
  const points = model.grid(CURVE_POINTS);
  const { a } = model.surface(CURVE_POINTS).at(-1);
  const margin = (model.x[1] - model.x[0]) / 12; // the range is that of the samples and 10 % more
  const is_inside = (t) => t >= model.x[0] + margin && t <= model.x[1] - margin;
  context.strokeStyle = model.color;
  context.lineWidth = 2.5;
  context.setLineDash([9, 5]);
  context.beginPath();
  points.forEach((t, i) => {
    if (is_inside(t)) context.lineTo(to.x(a[2 * i] * scale[0] + mean[0]), to.y(a[2 * i + 1] * scale[1] + mean[1]));
  });
  context.stroke();
  context.setLineDash([]);
}
