// Predictions of networks for one sample, target by target, beside the true values. Needs drawing.js.

const percent = (p) => `${Math.round(100 * p)} %`;

// True value of the only target of a sample.
export function trueText({ samples, classes }, sample) {
  return samples.classes ? classes[samples.classes[sample]] : shown(samples.targets[sample]);
}

// An answer by the kind of the targets: its text, and whether it is right where that can be said.
const ANSWERS = {
  values: (model, j, output) => [inBothUnits(model, j, output * model.unit.scale[j] + model.unit.mean[j]), null],
  labels: ({ classes, threshold }, j, output, truth) => {
    const said = Number(output >= threshold);
    return [`${classes[said]} (${percent(output)})`, said === truth];
  },
};
const TRUTHS = {
  values: (model, j, truth) => inBothUnits(model, j, truth),
  labels: ({ classes }, j, truth) => classes[truth],
};

// A value in its own unit, and as the network has it, if that is another number.
function inBothUnits({ unit }, j, value) {
  const own = shown(value);
  return unit.standardized[j] ? `${own} (${shown((value - unit.mean[j]) / unit.scale[j])})` : own;
}

// A row for each target: its true value, and the answer of each model.
export function answersOf(models, sample) {
  const [{ kind, samples, target_names, unit, classes, threshold }] = models;
  const { n_targets } = samples;
  const head = make("tr", {}, ...["", "true", ...models.map(({ name }) => name)].map((text) => make("th", { text, scope: "col" })));
  const rows = target_names.map((name, j) => {
    const at = n_targets * sample + j;
    const truth = (samples.classes ?? samples.targets)[at];
    const cells = models.map((model) => {
      const [text, is_right] = ANSWERS[kind](model, j, model.sampled.at(-1).a[at], truth);
      return make("td", { text: is_right === false ? `${text} ✗` : text, ...(is_right === false ? { title: "wrong" } : {}) });
    });
    return make("tr", {}, make("th", { text: name, scope: "row" }), make("td", { text: TRUTHS[kind](models[0], j, truth) }), ...cells);
  });
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
  if (kind === "labels") table.prepend(make("caption", { text: `In parentheses: probability of ${classes[1]}. From ${percent(threshold)} on, the network says ${classes[1]}.` }));
  else if (unit.standardized.some(Boolean)) table.prepend(make("caption", { text: "In parentheses: standardized, as the network is trained." }));
  return table;
}
