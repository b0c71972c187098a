// The page of a held order: the time that is left, a warning before its end, prices that follow the choice.

import { startCountdown } from "./countdown.js";
import { makeLive } from "./live_form.js";
import { sendOnce } from "./once.js";

startCountdown(document.querySelector("[data-countdown]"), document.querySelector("[data-warning]"));
document.querySelectorAll("form[data-live]").forEach(makeLive);
sendOnce();
