// Gradient descent on losses of two parameters: the formulas of annlab/nn/optimizer_steps.py and
// annlab/analysis/descent.py. Needs network.js. A pair is [of w, of b].

const [BETA1, BETA2, RHO, EPSILON, ADAGRAD_EPSILON] = [0.9, 0.999, 0.99, 1e-8, 1e-10];
const [NADAM_BASE, NADAM_DECAY] = [0.96, 0.004];
const LARGEST_PARAMETER = 1e6; // a path ends where a parameter is larger

// --- loss

const outputOf = (problem) => ACTIVATIONS[problem.output_activation];

export function lossAt({ x, y, ...problem }, [w, b]) {
  const f = outputOf(problem)[0];
  const entropy = problem.loss === "binary_cross_entropy";
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const z = w * x[i] + b;
    total += entropy ? ACTIVATIONS.softplus[0]((1 - 2 * y[i]) * z) : (f(z) - y[i]) ** 2;
  }
  return total / x.length;
}

export function gradientAt({ x, y, ...problem }, [w, b], rows) {
  const [f, slope] = outputOf(problem);
  const entropy = problem.loss === "binary_cross_entropy";
  const found = [0, 0];
  for (const i of rows) {
    const z = w * x[i] + b;
    const error = entropy ? f(z) - y[i] : 2 * (f(z) - y[i]) * slope(z);
    found[0] += (error * x[i]) / rows.length;
    found[1] += error / rows.length;
  }
  return found;
}

// Loss over a square grid of the view; the first row is the upper one.
export function lossGrid(problem, { w, b }, size) {
  const at = ([low, high], k) => low + ((high - low) * k) / (size - 1);
  return Float64Array.from({ length: size * size }, (_, k) =>
    lossAt(problem, [at(w, k % size), at(b, size - 1 - Math.floor(k / size))]));
}

// --- steps

// A number as Python's format "g" writes it.
const g6 = (value) => String(Number(value.toPrecision(6))).replace(/e-(\d)$/, "e-0$1");
const times = (factor, symbol) => (Number(factor.toPrecision(6)) === 1 ? symbol : `${g6(factor)}·${symbol}`);
const each = (values, act) => values.map(act);

// A chain holds the pairs by symbol, the memory by stage, the number of the step, and its settings.
function add(chain, name, symbol, formula, values) {
  chain.known[symbol] = values;
  chain.stages.push({ name, symbol, formula, values });
}

const remember = (name, symbol, keep, more, power = 1) => (chain) => {
  const kept = typeof keep === "function" ? keep(chain) : keep;
  const last = chain.kept[name] ?? [0, 0];
  const values = each(chain.known.g, (g, k) => kept * last[k] + more * g ** power);
  chain.kept[name] = values;
  add(chain, name, symbol, `${symbol} ← ${times(kept, symbol)} + ${times(more, power === 1 ? "g" : "g²")}`, values);
};

const correct = (symbol, corrected, keep) => (chain) => {
  const values = each(chain.known[symbol], (value) => value / (1 - keep ** chain.t));
  add(chain, "bias correction", corrected, `${corrected} = ${symbol} / (1 − ${g6(keep)}^${chain.t})`, values);
};

const scale = (symbol, squares, epsilon = EPSILON) => (chain) => {
  const values = each(chain.known[symbol], (value, k) => value / (Math.sqrt(chain.known[squares][k]) + epsilon));
  add(chain, "scaling", "d", `d = ${symbol} / (√${squares} + ε)`, values);
};

function weighted(chain, of_g, symbol, of_symbol) {
  const values = each(chain.known.g, (g, k) => of_g * g + of_symbol * chain.known[symbol][k]);
  add(chain, "look-ahead", "d", `d = ${times(of_g, "g")} + ${times(of_symbol, symbol)}`, values);
}

const velocity = remember("velocity", "v", (chain) => chain.momentum, 1);
const meanOfGradients = remember("mean of gradients", "m", BETA1, 1 - BETA1);
const squares = (keep, more) => remember("mean of squares", "s", keep, more, 2);
const lookAhead = (chain) => weighted(chain, 1, "v", chain.momentum);

function nadamLookAhead(chain) {
  const [now, next] = [chain.t, chain.t + 1].map((t) => BETA1 * (1 - 0.5 * NADAM_BASE ** (t * NADAM_DECAY)));
  const product = now * (chain.kept.product ?? 1);
  chain.kept.product = product;
  weighted(chain, (1 - now) / (1 - product), "m", next / (1 - product * next));
}

const ADAM_SQUARES = [squares(BETA2, 1 - BETA2), correct("s", "ŝ", BETA2)];
const ADAM = [meanOfGradients, correct("m", "m̂", BETA1), ...ADAM_SQUARES, scale("m̂", "ŝ")];
// Stages between gradient and step. Without L2, AdamW is Adam.
export const CHAINS = {
  sgd: [],
  momentum: [velocity],
  nesterov: [velocity, lookAhead],
  adagrad: [remember("sum of squares", "s", 1, 1, 2), scale("g", "s", ADAGRAD_EPSILON)],
  rmsprop: [squares(RHO, 1 - RHO), scale("g", "s")],
  adam: ADAM,
  adamw: ADAM,
  nadam: [meanOfGradients, nadamLookAhead, ...ADAM_SQUARES, scale("d", "ŝ")],
};

// --- paths

// Samples of each step, from a permutation of the samples for each epoch.
export function batches(n, size, n_steps, order) {
  const all = Array.from({ length: n }, (_, i) => i);
  if (size >= n) return Array(n_steps).fill(all);
  const per_epoch = Math.ceil(n / size);
  return Array.from({ length: n_steps }, (_, step) => {
    const from = (step % per_epoch) * size;
    return order[Math.floor(step / per_epoch)].slice(from, from + size);
  });
}

// All steps of an optimizer: pairs, losses, stages of each step, and whether it diverged.
export function descend(problem, lane, start, parts) {
  const [pairs, stages, kept] = [[start], [], {}];
  let diverged = false;
  for (const rows of parts) {
    const w = pairs.at(-1);
    const chain = { known: {}, stages: [], kept, momentum: lane.momentum, t: pairs.length };
    add(chain, "gradient", "g", "g = ∂loss/∂w", gradientAt(problem, w, rows));
    for (const stage of CHAINS[lane.optimizer]) stage(chain);
    const last = chain.stages.at(-1);
    const step = each(last.values, (value) => -lane.rate * value);
    add(chain, "step", "Δw", `Δw = −${g6(lane.rate)}·${last.symbol}`, step);
    stages.push(chain.stages);
    pairs.push(each(step, (value, k) => w[k] + value));
    if (!(Math.max(...pairs.at(-1).map(Math.abs)) <= LARGEST_PARAMETER)) {
      diverged = true;
      break;
    }
  }
  return { pairs, losses: pairs.map((pair) => lossAt(problem, pair)), stages, diverged };
}

// Largest rate at which steps on the full batch shrink near a minimum, and its formula; null for
// optimizers that scale their steps.
export function stableRate(optimizer, momentum, curvature) {
  if (optimizer === "sgd") return { rate: 2 / curvature, formula: "2/λ" };
  const limit = (2 * (1 + momentum)) / curvature;
  if (optimizer === "momentum") return { rate: limit, formula: "2(1 + β)/λ" };
  if (optimizer === "nesterov") return { rate: limit / (1 + 2 * momentum), formula: "2(1 + β)/((1 + 2β)λ)" };
  return null;
}
