// Everything works without this file; with it pages stay fresh, keys work and long texts are counted.
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { countDown, forget, startTyping, tick } from "./typing.js";

const { page, conversation } = document.body.dataset;
if (page && new URLSearchParams(location.search).has("done")) {
  forget(conversation);
  history.replaceState(null, "", page);
}

startTyping(document);
startKeys();
startLive();
setInterval(() => tick(document), 30000);
setInterval(() => countDown(document), 1000);
