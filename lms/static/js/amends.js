// What every page does beyond HTML; everything works without it.
import { guardLeaving, once, focusProblem, mindSizes, leadBack } from "./forms.js";
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
// A page of a signed-in person that comes back from the browser's memory is fetched anew: phones are shared.
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
