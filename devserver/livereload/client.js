// Keeps this page as its author last saved it. Served by `etagere serve` only.
//
// Of all open tabs of a browser one holds the event stream (a browser has only
// six connections to a plain HTTP server) and passes on what it hears. Every
// message is a whole state: the signatures that open pages have now. A page
// that has another one reloads, or swaps its style sheets.
(() => {
  "use strict";
  const self = document.currentScript;
  if (!self || window.etagereLive) return;
  window.etagereLive = true;

  const path = location.pathname;
  const id = Math.random().toString(36).slice(2);
  const mine = { doc: self.dataset.doc, style: self.dataset.style };
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("etagere") : null;

  // ---- What to do with a state ------------------------------------------

  let swapping = false, wanted = null;

  function take(state) {
    const now = state.pages[path];
    if (now && now.doc === mine.doc && now.style === mine.style) settle();
    if (now && now.doc !== mine.doc && reload(now)) return;
    if (now && now.doc === mine.doc) {
      wanted = now;
      if (now.style !== mine.style && !swapping) swap(now);
    }
    showProblems(state);
  }

  // reload loads the page anew, where it is scrolled to. A page that a reload
  // did not change is not reloaded for the same cause again: then it reports
  // false. What the cause was is forgotten once the page is as it should be.
  function reload(now) {
    const cause = [path, now.doc, now.style].join(" ");
    try {
      if (sessionStorage.getItem("etagere") === cause) return false;
      sessionStorage.setItem("etagere", cause);
    } catch { /* storage is forbidden: reload all the same */ }
    location.reload();
    return true;
  }

  function settle() {
    try { sessionStorage.removeItem("etagere"); } catch { /* then nothing is stored */ }
  }

  // swap puts the style sheets of the page as it is now in the place of ours,
  // each old one staying until the new one has loaded. Where they have changed
  // again meanwhile, it starts over.
  async function swap(now) {
    swapping = true;
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const old = sheets(document), fresh = sheets(page);
      if (old.length !== fresh.length) return reload(now);
      await Promise.all(old.map((from, i) => replace(from, fresh[i], now.style)));
      mine.style = now.style;
    } catch {
      reload(now);
    } finally {
      swapping = false;
    }
    if (wanted.style !== mine.style && wanted.style !== now.style) swap(wanted);
  }

  function sheets(root) {
    return [...root.querySelectorAll('link[rel~="stylesheet"][href]')].filter((l) => !l.dataset.etagereOld);
  }

  function replace(from, to, style) {
    const link = document.importNode(to);
    const url = new URL(to.getAttribute("href"), location.href);
    if (url.origin !== location.origin) return Promise.resolve();
    // A sheet under the same name may be shown from memory, unless asked for otherwise.
    if (url.pathname === new URL(from.href).pathname) url.searchParams.set("etagere", style);
    link.setAttribute("href", url.pathname + url.search);
    from.dataset.etagereOld = "1";
    return new Promise((done) => {
      const finish = () => { from.remove(); done(); };
      link.addEventListener("load", finish);
      link.addEventListener("error", finish);
      from.after(link);
    });
  }

  // ---- Problems over the page -------------------------------------------

  let shown = "", dismissed = "";

  async function showProblems(state) {
    if (state.problems === shown) return;
    shown = state.problems;
    if (!state.problems) return remove();
    let list;
    try {
      list = (await (await fetch("/_etagere/problems")).json()).problems;
    } catch { shown = ""; return; }
    if (shown !== state.problems) return; // a newer state came meanwhile
    const errors = list.filter((p) => p.severity === "error");
    const warnings = list.filter((p) => p.severity !== "error");
    if (warnings.length) {
      console.groupCollapsed(`étagère: ${warnings.length} warning${warnings.length > 1 ? "s" : ""}`);
      for (const p of warnings) console.log(`${place(p)}: ${p.message}${p.hint ? ` (${p.hint})` : ""}`);
      console.groupEnd();
    }
    remove();
    if (errors.length && dismissed !== shown) overlay(errors);
  }

  const place = (p) => [p.file, p.line || null, p.col || null].filter(Boolean).join(":");

  function remove() {
    document.querySelector("etagere-problems")?.remove();
  }

  function make(tag, cls, text) {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined) e.textContent = text;
    return e;
  }

  function overlay(errors) {
    const host = make("etagere-problems");
    const root = host.attachShadow({ mode: "open" });
    const css = new CSSStyleSheet(); // a strict policy allows it, unlike a style element
    css.replaceSync(STYLE);
    root.adoptedStyleSheets = [css];

    const box = make("section");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Problems");
    const head = make("header");
    head.append(make("h2", "", errors.length === 1 ? "1 error" : `${errors.length} errors`));
    const close = make("button", "", "Hide");
    close.type = "button";
    const hide = () => { dismissed = shown; host.remove(); };
    close.addEventListener("click", hide);
    head.append(close);
    box.append(head);

    const list = make("ol");
    for (const p of errors) list.append(item(p));
    box.append(list);
    root.append(box);
    (document.body || document.documentElement).append(host);
  }

  function item(p) {
    const li = make("li");
    li.append(make("p", "place", place(p)), make("p", "message", p.message));
    if (p.source) {
      const pre = make("pre");
      const chars = Array.from(p.source), from = Math.max(0, p.col - 1 - p.skip);
      const to = p.col ? from + Math.max(1, p.width) : from;
      pre.append(chars.slice(0, from).join(""), make("mark", "", chars.slice(from, to).join("") || " "), chars.slice(to).join(""));
      li.append(pre);
    }
    if (p.hint) li.append(make("p", "hint", p.hint));
    return li;
  }

  const STYLE = `
    :host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647; color-scheme: light dark; }
    section { box-sizing: border-box; max-height: 60vh; overflow: auto; margin: 0 auto; max-width: 60rem;
      padding: 1rem 1.25rem; font: 15px/1.5 system-ui, sans-serif; border-radius: 10px 10px 0 0;
      color: light-dark(#222, #eee); background: light-dark(#fff, #1c1c1f);
      border-top: 4px solid #c92a2a; box-shadow: 0 -4px 24px rgb(0 0 0 / .35); }
    header { display: flex; justify-content: space-between; align-items: center; }
    h2 { margin: 0; font-size: 1rem; color: light-dark(#c92a2a, #ff8787); }
    button { font: inherit; padding: .1rem .7rem; cursor: pointer; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { margin-top: .8rem; }
    p { margin: 0; overflow-wrap: anywhere; }
    .place { font: 13px/1.5 ui-monospace, monospace; color: light-dark(#555, #aaa); }
    .message { font-weight: 600; }
    .hint { color: light-dark(#1862a8, #8ec5ff); }
    pre { margin: .3rem 0; padding: .4rem .6rem; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace;
      background: light-dark(#f3f3f5, #2a2a2e); border-radius: 6px; }
    mark { color: inherit; background: none; text-decoration: underline wavy #e03131; text-underline-offset: 3px; }
    @media print { :host { display: none; } }`;

  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    if (document.querySelector("etagere-problems")) { dismissed = shown; remove(); }
  });

  // ---- The stream, and the tabs that share it ----------------------------

  let source = null, release = null, again = 0, redo = 0;
  const tabs = new Map(); // the other tabs, by id; known to the one that leads

  function connect() {
    source?.close();
    clearTimeout(again);
    const pages = new Set([path, ...tabs.values()]);
    const query = [...pages].map((p) => "page=" + encodeURIComponent(p)).join("&");
    source = new EventSource("/_etagere/events?" + query);
    source.onmessage = (e) => {
      const state = JSON.parse(e.data);
      channel?.postMessage({ kind: "state", state });
      take(state);
    };
    source.onerror = () => {
      // After a refusal the browser gives up for good; we do not.
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(connect, 2000);
    };
  }

  function lead() {
    channel?.postMessage({ kind: "who" });
    connect();
  }

  // The tab that holds the lock leads; the others wait for it. Without locks
  // (plain HTTP from another machine) every tab has a stream of its own.
  function start() {
    if (!navigator.locks || !channel) return connect();
    channel.postMessage({ kind: "here", id, page: path });
    const waiting = new AbortController();
    release = () => waiting.abort();
    navigator.locks.request("etagere", { signal: waiting.signal }, () => {
      const held = new Promise((done) => { release = done; });
      lead();
      return held;
    }).catch(() => {});
  }

  function stop() {
    channel?.postMessage({ kind: "gone", id });
    source?.close();
    source = null;
    clearTimeout(again);
    release?.();
    release = null;
  }

  if (channel) {
    channel.onmessage = ({ data }) => {
      if (data.kind === "state") take(data.state);
      if (data.kind === "who") channel.postMessage({ kind: "here", id, page: path });
      if (!source || (data.kind !== "here" && data.kind !== "gone")) return;
      if (data.kind === "gone") {
        tabs.delete(data.id); // its page may be rendered once more in vain
        return;
      }
      // A tab that has come needs a state, which a new connection is greeted with.
      tabs.set(data.id, data.page);
      clearTimeout(redo);
      redo = setTimeout(() => { if (source) connect(); }, 50);
    };
  }

  // A page in the back-forward cache holds no lock and no stream.
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (e) => { if (e.persisted) start(); });
  start();
})();
