// Pages with nothing alive but buttons that must not be pressed twice.

import { sendOnce } from "./once.js";

sendOnce();
