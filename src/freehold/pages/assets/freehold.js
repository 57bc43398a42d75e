// Makes pages nicer where scripts run; every page is complete without.
"use strict";

for (const input of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal";
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-label", `${shown ? "Hide" : "Show"} the password`);
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  input.after(button);
}

for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf())) {
    time.title = moment.toLocaleString();
    const withMinutes = "minutes" in time.dataset ? { timeStyle: "short" } : {};
    time.textContent = moment.toLocaleString(undefined, { dateStyle: "medium", ...withMinutes });
  }
}

for (const code of document.querySelectorAll(".secret code, .request pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Press Ctrl-C";
    }
  });
  code.after(button);
}

for (const input of document.querySelectorAll("input[data-slug-of]")) {
  const name = document.getElementById(input.dataset.slugOf);
  const said = document.createElement("p");
  said.className = "hint";
  said.setAttribute("role", "status");
  input.closest(".field").append(said);
  let typed = input.value !== "";
  let waiting;
  const ask = async (slug) => {
    // Quiet where it cannot be asked: creating says it, too.
    const answer = await fetch(`${input.dataset.slugCheck}/${encodeURIComponent(slug)}`).catch(() => null);
    const found = answer?.ok ? await answer.json() : null;
    if (found && slug === input.value) {
      said.textContent = found.available ? `/organizations/${slug} is free` : `This slug ${found.reason}`;
    }
  };
  const check = () => {
    clearTimeout(waiting);
    const shown = input.value || input.placeholder;
    const right = shown === "" || new RegExp(`^(?:${input.pattern})$`, "v").test(shown);
    said.textContent = shown && (right ? `Its address: /organizations/${shown}` : "Use lowercase letters, digits and hyphens");
    if (right && input.value && input.value !== input.defaultValue) {
      waiting = setTimeout(ask, 300, input.value);
    }
  };
  const propose = () => {
    if (!typed) {
      const plain = name.value.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
      input.placeholder = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80);
    }
    check();
  };
  name.addEventListener("input", propose);
  input.addEventListener("input", () => {
    typed = input.value !== "";
    check();
  });
  propose();
}

for (const menu of document.querySelectorAll("details.menu-of")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
