// What every page does beyond HTML; everything works without it.
import { guardLeaving, once, focusProblem, mindSizes, leadBack, watchForms } from "./forms.js";
import { sendInPlace } from "./in-place.js";
import { autosaveAll } from "./autosave.js";
import { leaveQuickly } from "./leave.js";
import { mindTheSession } from "./session.js";

focusProblem();
mindSizes();
once();
leadBack();
guardLeaving();
autosaveAll();
leaveQuickly();
mindTheSession();
sendInPlace();
// A form that was sent in place was answered with the page anew.
document.addEventListener("amends:swapped", () => {
  focusProblem();
  once();
  watchForms();
  autosaveAll();
  leaveQuickly();
});
// A page of a signed-in person that comes back from the browser's memory is fetched anew: phones are shared.
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
