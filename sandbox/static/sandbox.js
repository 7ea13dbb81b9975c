// Makes the page live; without scripts it still works, by plain forms.
import "./composing.js";
import "./live.js";
import "./sending.js";
