// Inside: the units of each model and the space of each layer, in the frame of the film.

const VIEWS = { units: UnitsView, space: SpaceView };
const TELL_MS = 200;
const RESIZED_MS = 400;

// A student's changes and choices outlive the tab, until the page is loaded anew.
const memory = new Map();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.annlab?.stop();
  const kept = parentElement.annlabKept ?? (parentElement.annlabKept = { view: "units", sample: null });
  const part = (name) => parentElement.querySelector(`[data-part=${name}]`);
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  let models = [];
  let views = [];
  let waiting = null;
  let telling = null;
  let sizes = null;
  let resized = null;

  const epochOnPage = () => Number(document.querySelector("[data-film-at]")?.dataset.filmAt ?? Infinity);

  function draw() {
    views.forEach((view) => view.draw(kept.sample));
    models.forEach(markOnStage);
    models.forEach((model) => model.sayChanged());
    writeSample();
  }

  // Ring around the marked sample in the picture on the stage, and what a student's changes do.
  const stageOf = ({ picture }) => STAGES[picture.replace(/-\d+$/, "")];

  function markOnStage(model) {
    const stage = stageOf(model);
    const canvas = stage && model.overlay.start();
    if (!canvas) return;
    model.overlay.show(false);
    if (model.changes.size) stage.change?.(model, canvas);
    if (kept.sample === null) return;
    const [x, y] = stage.place(model, kept.sample);
    ring(canvas.context, canvas.to.x(x), canvas.to.y(y), 7, model.look.ink);
  }

  // Mark the sample nearest to a click on a picture on the stage.
  function pickOnStage(event) {
    const model = models.find(({ picture }) => event.target.closest?.(`.st-key-${picture}`));
    const stage = model && stageOf(model);
    const canvas = stage && model.overlay.start();
    if (!canvas || !event.target.closest(".js-plotly-plot, canvas")) return;
    const box = model.overlay.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (x < 0 || y < 0 || x > box.width || y > box.height) return;
    const { n } = model.samples;
    const distance = (i) => {
      const place = stage.place(model, i);
      return (canvas.to.x(place[0]) - x) ** 2 + (canvas.to.y(place[1]) - y) ** 2;
    };
    let best = 0;
    for (let i = 1; i < n; i++) if (distance(i) < distance(best)) best = i;
    mark(best);
  }

  function drawSoon() {
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      if (!listening.signal.aborted) draw();
    });
  }

  function mostProbable(model, p) {
    const best = p.indexOf(Math.max(...p));
    return `${model.outputs[best]} (${Math.round(100 * p[best])} %)`;
  }

  // Positions in the split of the samples that are drawn.
  const indices = () => models[0].samples.index;

  function writeNumber() {
    if (parentElement.activeElement === part("sample")) return; // a student is typing
    part("sample").value = kept.sample === null ? "" : String(indices()[kept.sample] + 1);
  }

  // The sample that is marked everywhere; null for none.
  function mark(sample) {
    kept.sample = sample;
    writeNumber();
    drawSoon();
    clearTimeout(telling);
    telling = setTimeout(() => setTriggerValue("sample", sample === null ? -1 : indices()[sample]), TELL_MS);
  }

  function writeSample() {
    const { sample } = kept;
    const said = part("said");
    const isTable = sample !== null && models.length > 0 && (models[0].samples.n_targets > 1 || models[0].kind === "labels");
    part("answers").hidden = !isTable;
    part("answers").replaceChildren(...(isTable ? [answersOf(models, sample)] : []));
    if (sample === null || !models.length) {
      setText(said, "Click a sample to follow it through the layers.");
      return;
    }
    if (isTable) { // a screen reader announces this sentence, not the table in every frame
      setText(said, `Sample ${indices()[sample] + 1}: predictions in the table.`);
      return;
    }
    const texts = models.map((model) => {
      const { a } = model.sampled.at(-1);
      const k = model.outputs.length;
      if (k > 1) return `${model.name}: ${mostProbable(model, a.subarray(sample * k, (sample + 1) * k))}`;
      const { mean, scale } = model.unit; // back to the target's own unit
      return `${model.name}: ${model.quantities[0]} ${shown(a[sample] * scale[0] + mean[0])}`;
    });
    setText(said, `${texts.join(" · ")} · true: ${trueText(models[0], sample)}`);
  }

  // A choice of the target or label that colors the samples, if there are several.
  function chooseColored() {
    const [{ samples: { n_targets }, target_names }] = models;
    const label = part("colored");
    label.hidden = n_targets < 2;
    // Other data start with their first target.
    const targets = JSON.stringify(target_names);
    if (kept.targets !== targets) Object.assign(kept, { targets, colored: 0 });
    if (label.hidden) return;
    const choice = make("select");
    models[0].target_names.forEach((name, k) => choice.append(make("option", { value: k, text: name })));
    choice.value = String(kept.colored);
    choice.addEventListener("change", () => {
      kept.colored = Number(choice.value);
      build();
    });
    label.replaceChildren(models[0].kind === "labels" ? "Colors and boundary: " : "Colors: ", choice);
    if (models[0].kind !== "labels") return;
    const kinds = models[0].classes.map((text, k) => {
      const dot = make("i", { text: "●", "aria-hidden": "true" });
      dot.style.color = models[0].samples.colors[k];
      return [dot, ` ${text}`];
    });
    label.append(make("span", { class: "kinds" }, ...kinds.flat()));
  }

  function build() {
    models.forEach((model) => (model.colored = kept.colored));
    const hosts = models.map((model) => {
      const host = make("section", { "aria-label": `Model ${model.name}` });
      const letter = make("b", { class: "letter", text: model.name });
      letter.style.background = model.color;
      const changed = make("small", { class: "changed" });
      host.append(make("h3", {}, letter, ` ${model.title} `, changed));
      model.sayChanged = () => setText(changed, model.changes.size ? "with your changes" : "");
      return host;
    });
    part("models").dataset.view = kept.view;
    part("models").replaceChildren(...hosts);
    views = models.map((model, i) => {
      const view = new VIEWS[kept.view](model, hosts[i], mark);
      view.changed = () => drawSoon();
      return view;
    });
    for (const name of Object.keys(VIEWS)) {
      part(name).setAttribute("aria-pressed", String(kept.view === name));
    }
    draw();
  }

  // Activations of the shown samples in every layer of every model, a row for each sample.
  function activationsAsCsv() {
    const { index } = models[0].samples;
    const heads = models.flatMap((model) => model.sizes.slice(1).flatMap((n, l) =>
      Array.from({ length: n }, (_, j) => `${model.name} ${model.unitName(l, j)}`)));
    const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const rows = index.map((at, i) => [at + 1, ...models.flatMap((model) => model.sampled.flatMap(({ a }, l) =>
      Array.from(a.subarray(i * model.sizes[l + 1], (i + 1) * model.sizes[l + 1]))))]);
    return [["sample", ...heads.map(quoted)], ...rows].map((row) => row.join(",")).join("\n") + "\n";
  }

  async function begin() {
    const { look, models: found } = await unpackAll(JSON.parse(data.inside));
    if (listening.signal.aborted) return;
    models = found.map((model) => new InsideModel({ ...model, look }));
    for (const model of models) {
      if (!memory.has(model.key)) memory.set(model.key, { changes: model.changes, past: model.past, selected: null });
      model.remembered = memory.get(model.key);
      model.changes = model.remembered.changes;
      model.past = model.remembered.past;
    }
    const targets = JSON.parse(data.targets);
    models.forEach((model, i) => {
      model.targets = targets;
      model.trainOn = (target) => setTriggerValue("start", {
        model: i,
        frame: model.frame,
        changes: [...model.changes].map(([key, value]) => [...key.split(",").map(Number), value]),
        target,
      });
    });
    models.forEach((model) => (model.overlay = new Overlay(model.picture, 0, "annlab-mark")));
    models.forEach((model) => model.show(epochOnPage()));
    const { n_split, n, split } = models[0].samples;
    part("sample").max = String(n_split);
    const some = n < n_split ? `, ${n.toLocaleString("en")} of them drawn` : "";
    part("of").textContent = `of ${n_split.toLocaleString("en")} ${split === "train" ? "training" : split} samples${some}`;
    const marked = document.querySelector("[data-marked-sample]")?.dataset.markedSample;
    const place = models[0].samples.index.indexOf(Number(marked ?? -1));
    kept.sample = place < 0 ? null : place;
    writeNumber();
    chooseColored();
    build();
    for (const name of Object.keys(VIEWS)) {
      on(part(name), "click", () => {
        kept.view = name;
        build();
      });
    }
    on(part("sample"), "input", () => {
      const value = Math.round(Number(part("sample").value)) - 1;
      if (part("sample").value === "") mark(null);
      else { // the nearest that is drawn
        const all = indices();
        mark(all.reduce((best, at, i) => (Math.abs(at - value) < Math.abs(all[best] - value) ? i : best), 0));
      }
    });
    on(part("csv"), "click", () =>
      download(new Blob([activationsAsCsv()], { type: "text/csv" }), `activations-epoch-${models[0].epochs[models[0].frame]}${models.some(({ changes }) => changes.size) ? "-changed" : ""}.csv`));
    on(document, "annlab-epoch", ({ detail }) => {
      if (models.map((model) => model.show(detail)).some(Boolean)) drawSoon();
    });
    on(document, "click", pickOnStage);
    let width = part("models").clientWidth;
    sizes = new ResizeObserver(() => {
      const now = part("models").clientWidth;
      if (Math.abs(now - width) >= 20) {
        width = now;
        build();
      }
      // The charts on the stage follow a moment later.
      clearTimeout(resized);
      resized = setTimeout(drawSoon, RESIZED_MS);
    });
    sizes.observe(part("models"));
    const stage = document.querySelector(".st-key-stage");
    if (stage) sizes.observe(stage);
  }

  parentElement.annlab = {
    stop() {
      listening.abort();
      clearTimeout(telling);
      clearTimeout(resized);
      sizes?.disconnect();
      models.forEach((model) => model.overlay.remove());
    },
  };
  begin();
  return parentElement.annlab.stop;
}
