// The film bar: its controls, and what the page says to it. Needs arrays.js, drawing.js,
// film_player.js and film_snapshot.js.

const SHORT_TRAINING_KEY = "annlab-film-autoplay";

const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const setting = {
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } },
};

// The training whose end was told last: of this tab, also after a reload.
let told = null;
const lastEnded = () => {
  try { return told ?? sessionStorage.getItem("annlab-film-ended"); } catch { return told; }
};
const noteEnded = (name) => {
  told = name;
  try { sessionStorage.setItem("annlab-film-ended", name); } catch { /* private mode */ }
};

const byName = (root, name) => root.querySelector(`[data-part=${name}]`);

// What the server says about the results: `at` (epoch), `token` (changes when the server moves the
// film), `ended` (name of a training that has just ended), `short` (it took less than two seconds).
const said = () => {
  const found = document.querySelector("[data-film-at]")?.dataset ?? {};
  return { at: found.filmAt, token: found.filmToken, ended: found.filmEnded, short: found.filmShort };
};

// Tell screen readers, in a region that outlives the results.
function announce(text) {
  let region = document.querySelector("#annlab-news");
  if (!region) {
    region = Object.assign(document.createElement("div"), { id: "annlab-news" });
    region.setAttribute("aria-live", "polite");
    region.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
    document.body.append(region);
  }
  region.textContent = text;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  // Streamlit runs this function again for new data, and calls what it returns only at the end.
  parentElement.annlab?.stop();
  const names = ["play", "back", "forward", "slider", "epoch", "repeat", "speed", "png", "svg", "auto"];
  const bar = Object.fromEntries(names.map((name) => [name, byName(parentElement, name)]));
  const state = (parentElement.annlab = {});
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  let observer = null;
  let sizes = null;

  async function begin() {
    const whole = await unpackAll(JSON.parse(data.film));
    if (listening.signal.aborted) return; // newer data have arrived
    const film = (state.film = new Film(whole, bar, (epoch) => setTriggerValue("epoch", epoch)));
    bar.slider.max = String(film.last);
    bar.slider.disabled = bar.play.disabled = film.last === 0;
    film.repeats = bar.repeat.getAttribute("aria-pressed") === "true";
    on(bar.play, "click", () => film.toggle());
    on(bar.back, "click", () => film.step(-1));
    on(bar.forward, "click", () => film.step(1));
    on(bar.slider, "input", () => {
      film.playing = false;
      film.label();
      film.go(Number(bar.slider.value));
    });
    on(bar.slider, "keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault(); // a space would scroll the page
      film.toggle();
    });
    const menu = byName(parentElement, "menu");
    on(document, "click", (event) => {
      if (!event.composedPath().includes(menu)) menu.open = false;
    });
    on(menu, "keydown", (event) => {
      if (event.key === "Escape") menu.open = false;
    });
    on(bar.repeat, "click", () => {
      film.repeats = !film.repeats;
      bar.repeat.setAttribute("aria-pressed", String(film.repeats));
    });
    bar.auto.checked = setting.get(SHORT_TRAINING_KEY) !== "off";
    on(bar.auto, "change", () => setting.set(SHORT_TRAINING_KEY, bar.auto.checked ? "on" : "off"));
    const keys = [...whole.models.map((model) => model.picture), ...whole.curves.map((c) => c.chart)];
    const title = () => `${whole.title}, epoch ${film.epoch}`;
    const name = (ending) => `epoch-${film.epoch}.${ending}`;
    on(bar.svg, "click", () => {
      const svg = frameAsSvg(keys, title(), whole.paper);
      download(new Blob([svg], { type: "image/svg+xml" }), name("svg"));
    });
    on(bar.png, "click", async () =>
      download(await svgAsPng(frameAsSvg(keys, title(), whole.paper)), name("png")));
    let { token } = said();
    film.follow(Number(said().at ?? film.epochs[film.last]));
    const stage = document.querySelector(".st-key-stage");
    observer = new MutationObserver((changes) => {
      // What the film itself writes is no news.
      if (changes.every(({ target }) => target.nodeType === 1 && target.dataset.film)) return;
      if (said().token !== undefined && said().token !== token) {
        token = said().token;
        film.follow(Number(said().at));
      } else film.drawSoon();
    });
    if (stage) observer.observe(stage, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-film-token"] });
    sizes = new ResizeObserver(film.drawSoon);
    if (stage) sizes.observe(stage);
    const { ended, short } = said();
    if (ended && ended !== lastEnded()) {
      noteEnded(ended);
      const verdict = document.querySelector(".st-key-verdict summary")?.textContent ?? "";
      announce(`Training has ended. ${verdict}`);
      if (short && film.last > 0 && bar.auto.checked && !still()) film.play();
    }
  }

  state.stop = () => {
    listening.abort();
    observer?.disconnect();
    sizes?.disconnect();
    state.film?.close();
  };
  begin();
  return state.stop;
}
