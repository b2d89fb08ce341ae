"""The Spanish of a person's own copy, by the English of the report. Same names in braces, same meaning, no gendered person.

A table and nothing else; ``tongue`` reads it, and a test holds it complete.
"""

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip

_TABLES = {
    # kinds
    "Enrollment notice": "Aviso de inscripci\u00f3n",
    "Progress report": "Informe de progreso",
    "Notice of non-compliance": "Aviso de incumplimiento",
    "Certificate of course completion": "Certificado de finalizaci\u00f3n del curso",
    "Final compliance report": "Informe final de cumplimiento",
    "Notice of referral back to the court": "Aviso de devoluci\u00f3n del caso al tribunal",
    "Correction": "Correcci\u00f3n",
    "Correction of {what} {number}": "Correcci\u00f3n de: {what} {number}",
    # stages of the process
    "Before filing": "Antes de presentar cargos",
    "Pre-plea diversion": "Derivaci\u00f3n antes de declararse",
    "Deferred prosecution": "Procesamiento diferido",
    "Deferred adjudication": "Fallo diferido",
    "Condition of probation": "Condici\u00f3n de la libertad condicional",
    "Sentence": "Sentencia",
    # states of a check-in
    "On time": "A tiempo",
    "Late": "Tarde",
    "Made up": "Recuperado",
    "Excused": "Excusado",
    "Missed": "No hecho",
    "Returned for more": "Devuelto para completar",
    "Open": "Abierto",
    "In grace": "En el plazo de gracia",
    "Not yet due": "A\u00fan no vence",
    "Cancelled": "Cancelado",
    # determinations
    "In compliance": "En cumplimiento",
    "At risk": "En riesgo",
    "Not in compliance": "En incumplimiento",
    "Completed": "Completado",
    "Not completed": "No completado",
    "As of {day}, {name} is in compliance with the program\u2019s requirements.": (
        "Al {day}, {name} cumple los requisitos del programa."
    ),
    "As of {day}, {name} is at risk of falling out of compliance with the program\u2019s requirements.": (
        "Al {day}, {name} est\u00e1 en riesgo de dejar de cumplir los requisitos del programa."
    ),
    "As of {day}, {name} is not in compliance with the program\u2019s requirements.": (
        "Al {day}, {name} no cumple los requisitos del programa."
    ),
    "As of {day}, {name} completed the program.": "Al {day}, {name} complet\u00f3 el programa.",
    "As of {day}, {name} did not complete the program.": "Al {day}, {name} no complet\u00f3 el programa.",
    # conditions and commitments
    "Met": "Cumplida",
    "Partly met": "Cumplida en parte",
    "Not met": "No cumplida",
    "Not verified by this program": "No verificada por este programa",
    "Not yet verified": "A\u00fan no verificado",
    "Verified": "Verificado",
    "Withdrawn": "Retirado",
    # coded reasons
    "medical": "m\u00e9dica",
    "work": "trabajo",
    "care duty": "cuidado de otra persona",
    "court or legal": "tribunal o tr\u00e1mite legal",
    "religious": "religiosa",
    "bereavement": "duelo",
    "custody": "detenci\u00f3n",
    "technical failure; does not count against the person": "falla t\u00e9cnica; no cuenta en contra de la persona",
    "cause on the program\u2019s side; does not count against the person": (
        "causa del programa; no cuenta en contra de la persona"
    ),
    "deployment": "servicio militar",
    "hospital": "hospital",
    "order of the court": "orden del tribunal",
    "other": "otra",
    "attended": "asisti\u00f3",
    "attended in part": "asisti\u00f3 en parte",
    "did not attend": "no asisti\u00f3",
    "held to have complied": "se considera cumplido",
    "need not be made": "no hace falta hacerlo",
    "what was given as the reason could not be shown": "no se pudo mostrar lo que se dio como raz\u00f3n",
    "not a reason under the agreement": "no es una raz\u00f3n seg\u00fan el acuerdo",
    "it could have been made": "se pod\u00eda hacer",
    "another reason": "otra raz\u00f3n",
    # the graduated response
    "Contact": "Contacto",
    "Written warning": "Advertencia por escrito",
    "they spoke": "hablaron",
    "reached": "se habl\u00f3 con la persona",
    "a message was left": "se dej\u00f3 un mensaje",
    "no answer": "no contest\u00f3",
    "in writing": "por escrito",
    "wrong number or address": "n\u00famero o direcci\u00f3n equivocados",
    "the court asked for a notice at once": "el tribunal pidi\u00f3 un aviso de inmediato",
    "there is no way to reach the person": "no hay manera de comunicarse con la persona",
    "the same was done shortly before, in another way": "lo mismo se hizo poco antes, de otra manera",
    "another reason, which the person can read": "otra raz\u00f3n, que la persona puede leer",
    "the reason stands in the program\u2019s record": "la raz\u00f3n est\u00e1 en el registro del programa",
    "The facilitator": "Quien facilita",
    "An administrator": "La administraci\u00f3n",
    "The program": "El programa",
    "Two people": "Dos personas",
    # on whose word
    "by written order": "por orden escrita",
    "by the court\u2019s word at a hearing": "por palabra del tribunal en una audiencia",
    "by the clerk\u2019s office, for the court": "por la secretar\u00eda, en nombre del tribunal",
    # requirements of the course
    "Active time": "Tiempo activo",
    "Pages to read": "P\u00e1ginas por leer",
    "Knowledge check": "Prueba de conocimientos",
    "Reflection": "Reflexi\u00f3n",
    "Scenario": "Situaci\u00f3n",
    "Video": "Video",
    "The whole module": "El m\u00f3dulo entero",
    "done in another way, seen by the program": "hecho de otra manera, visto por el programa",
    "English": "ingl\u00e9s",
    "Spanish": "espa\u00f1ol",
    "weekly": "cada semana",
    "every two weeks": "cada dos semanas",
    "monthly": "cada mes",
}
_COUNTS = {
    "month": "mes",
    "months": "meses",
    "day": "d\u00eda",
    "days": "d\u00edas",
    "hour": "hora",
    "hours": "horas",
    "minute": "minuto",
    "minutes": "minutos",
    "module": "m\u00f3dulo",
    "modules": "m\u00f3dulos",
    "check-in": "seguimiento",
    "check-ins": "seguimientos",
    "time": "vez",
    "times": "veces",
    "reminder": "recordatorio",
    "reminders": "recordatorios",
    "check-in is still to come": "seguimiento est\u00e1 por venir",
    "check-ins are still to come": "seguimientos est\u00e1n por venir",
    "{every} ({times} times)": "{every} ({times} veces)",
    ", then ": ", despu\u00e9s ",
    "{n} on time": "a tiempo: {n}",
    "{n} late": "tarde: {n}",
    "{n} made up": "recuperados: {n}",
    "{n} excused": "excusados: {n}",
    "{n} missed": "no hechos: {n}",
}
_BRIEF = {
    "In brief": "En resumen",
    "{name} enrolled in {program} on {day}, and accepted its terms.": (
        "{name} se inscribi\u00f3 en {program} el {day} y acept\u00f3 sus condiciones."
    ),
    "The course has {modules} and requires {hours} of active time.": (
        "El curso tiene {modules} y exige {hours} de tiempo activo."
    ),
    "Completing the course opens {months} of check-ins, {every}.": (
        "Al completar el curso empiezan {months} de seguimientos, {every}."
    ),
    "{name} completed the course \u201c{title}\u201d on {day}: {done} of {required} modules, {recorded} of active time "
    "recorded, {asked} required.": (
        "{name} complet\u00f3 el curso \u201c{title}\u201d el {day}: {done} de {required} m\u00f3dulos, {recorded} de "
        "tiempo activo registrado, {asked} exigidos."
    ),
    "Check-ins for {months} began on {began} and end on {ends}.": (
        "Los seguimientos, por {months}, empezaron el {began} y terminan el {ends}."
    ),
    "This certificate is about the course alone; the program is not finished until the final report.": (
        "Este certificado trata solo del curso; el programa no termina hasta el informe final."
    ),
    "The program returns the case of {name} to the court as of {day}.": (
        "El programa devuelve al tribunal el caso de {name} con fecha {day}."
    ),
    "{missed} check-ins were missed in total; under the policy (version {version}), {total} or more are not in compliance.": (
        "En total no se hicieron {missed} seguimientos; seg\u00fan la pol\u00edtica (versi\u00f3n {version}), {total} o "
        "m\u00e1s son incumplimiento."
    ),
    "The last {last} check-ins due were missed; under the policy (version {version}), {at_risk} or more in a row are at "
    "risk, and {in_row} or more not in compliance.": (
        "No se hicieron los \u00faltimos {last} seguimientos que vencieron; seg\u00fan la pol\u00edtica (versi\u00f3n "
        "{version}), {at_risk} o m\u00e1s seguidos son riesgo, y {in_row} o m\u00e1s, incumplimiento."
    ),
    "The last {last} check-ins due were missed; under the policy (version {version}), {in_row} or more in a row are not "
    "in compliance.": (
        "No se hicieron los \u00faltimos {last} seguimientos que vencieron; seg\u00fan la pol\u00edtica (versi\u00f3n "
        "{version}), {in_row} o m\u00e1s seguidos son incumplimiento."
    ),
    "The last check-in due was missed; under the policy (version {version}), {at_risk} in a row is at risk, and {in_row} "
    "or more not in compliance.": (
        "No se hizo el \u00faltimo seguimiento que venci\u00f3; seg\u00fan la pol\u00edtica (versi\u00f3n {version}), "
        "{at_risk} seguido es riesgo, y {in_row} o m\u00e1s, incumplimiento."
    ),
    "The last check-in due was missed; under the policy (version {version}), {in_row} in a row is not in compliance.": (
        "No se hizo el \u00faltimo seguimiento que venci\u00f3; seg\u00fan la pol\u00edtica (versi\u00f3n {version}), "
        "{in_row} seguido es incumplimiento."
    ),
    "No limit of the policy (version {version}) is reached: {at_risk} missed in a row is at risk, {in_row} in a row or "
    "{total} in total is not in compliance.": (
        "No se alcanz\u00f3 ning\u00fan l\u00edmite de la pol\u00edtica (versi\u00f3n {version}): {at_risk} seguido sin "
        "hacer es riesgo; {in_row} seguidos, o {total} en total, incumplimiento."
    ),
    "{kept} of {counted} check-ins were made or excused; the policy (version {version}) asks for {percent}%.": (
        "Se hicieron o excusaron {kept} de {counted} seguimientos; la pol\u00edtica (versi\u00f3n {version}) pide "
        "{percent}%."
    ),
    "Enough check-ins were made or excused ({kept} of {counted}), but not every commitment that was required was verified.": (
        "Se hicieron o excusaron bastantes seguimientos ({kept} de {counted}), pero no se verific\u00f3 cada compromiso "
        "exigido."
    ),
    "At the end a limit of the policy (version {version}) was passed: {in_row} missed in a row or {total} in total; "
    "{missed} were missed.": (
        "Al final se pas\u00f3 un l\u00edmite de la pol\u00edtica (versi\u00f3n {version}): {in_row} seguidos sin hacer o "
        "{total} en total; no se hicieron {missed}."
    ),
    "The court\u2019s date to complete has passed and the course is not complete.": (
        "La fecha que puso el tribunal para completar ya pas\u00f3 y el curso no est\u00e1 completo."
    ),
    "The person has done all of the course that was theirs to do; the program has not finished its own review. The "
    "program\u2019s delay does not count against the person.": (
        "La persona ha hecho todo lo del curso que le tocaba; el programa no ha terminado su propia revisi\u00f3n. La demora "
        "del programa no cuenta contra la persona."
    ),
    "The course is under way and no date set by the court or the program has passed.": (
        "El curso est\u00e1 en marcha y no ha pasado ninguna fecha puesta por el tribunal o el programa."
    ),
    "The course was completed on {day}": "El curso se complet\u00f3 el {day}",
    "The course is under way: {done} of {required} modules completed, {recorded} of active time recorded": (
        "El curso est\u00e1 en marcha: {done} de {required} m\u00f3dulos completados, {recorded} de tiempo activo registrado"
    ),
    "; 1 of its requirements was waived.": "; se dispens\u00f3 1 de sus requisitos.",
    "; {n} of its requirements were waived.": "; se dispensaron {n} de sus requisitos.",
    "1 requirement of the course was waived.": "Se dispens\u00f3 1 requisito del curso.",
    "{n} requirements of the course were waived.": "Se dispensaron {n} requisitos del curso.",
    "No check-in has been due yet; {scheduled} are scheduled in all.": (
        "A\u00fan no ha vencido ning\u00fan seguimiento; hay {scheduled} previstos en total."
    ),
    "Of {due} due so far, {parts}; {scheduled} are scheduled in all.": (
        "De {due} con fecha ya vencida, {parts}; hay {scheduled} previstos en total."
    ),
    "The court no longer names a date to complete.": "El tribunal ya no pone fecha para completar.",
    "The court\u2019s date to complete is {day}, moved from {before}.": (
        "La fecha del tribunal para completar es el {day}; antes era el {before}."
    ),
    "The court\u2019s date to complete is {day}.": "La fecha del tribunal para completar es el {day}.",
}
_NEXT = {
    "What comes next": "Qu\u00e9 sigue",
    "Nothing is asked of the court now.": "Por ahora no se le pide nada al tribunal.",
    "Where this report and {number} differ, this one holds.": "Donde este informe y el {number} difieran, vale este.",
    "The course comes first; there are no check-ins before it is complete.": (
        "Primero es el curso; no hay seguimientos antes de completarlo."
    ),
    "This notice states facts and recommends no outcome.": "Este aviso expone hechos y no recomienda ning\u00fan resultado.",
    "The final report is made when the check-ins have ended.": (
        "El informe final se hace cuando hayan terminado los seguimientos."
    ),
    "The program\u2019s work on this case ends with this report.": (
        "El trabajo del programa en este caso termina con este informe."
    ),
    "The program\u2019s work on this case ends here.": "El trabajo del programa en este caso termina aqu\u00ed.",
    "The person\u2019s answer is printed below.": "La respuesta de la persona est\u00e1 impresa m\u00e1s abajo.",
    "The person was shown this on {day} and could answer through {last}; {answered}": (
        "La persona vio este aviso el {day} y pudo responder hasta el {last}; {answered}"
    ),
    "the answer is printed below.": "la respuesta est\u00e1 impresa m\u00e1s abajo.",
    "SUPERSEDED": "REEMPLAZADO",
    "REVOKED": "REVOCADO",
    "SUPERSEDED. Report {by} of {on} replaces this report; rely on that one. This is a marked copy without a "
    "signature. The file as it was released is kept, unchanged.": (
        "REEMPLAZADO. El informe {by} del {on} reemplaza este informe; el que vale es aquel. Esta es una copia marcada, "
        "sin firma. El archivo tal como se liber\u00f3 se conserva sin cambios."
    ),
    "REVOKED. This report was revoked on {on}; do not rely on it. This is a marked copy without a signature. The file "
    "as it was released is kept, unchanged.": (
        "REVOCADO. Este informe fue revocado el {on}; ya no vale. Esta es una copia marcada, sin firma. El archivo tal "
        "como se liber\u00f3 se conserva sin cambios."
    ),
    "no answer was given.": "no dio respuesta.",
    "no new answer was given; an earlier one is printed below.": (
        "no dio una respuesta nueva; una anterior est\u00e1 impresa m\u00e1s abajo."
    ),
    "When the course is complete, the check-ins begin.": "Cuando el curso est\u00e9 completo, empiezan los seguimientos.",
    "{told}; the last day is {day}.": "{told}; el \u00faltimo d\u00eda es el {day}.",
    "A missed check-in can be made up until {days} after its due date.": (
        "Un seguimiento no hecho se puede recuperar hasta {days} despu\u00e9s de su fecha."
    ),
    "Asked to be excused, not decided yet: check-in {numbers}.": "Se pidi\u00f3 excusa, a\u00fan sin decidir: seguimiento {numbers}.",
    "Conditions that this program did not verify: {numbers}.": "Condiciones que este programa no verific\u00f3: {numbers}.",
}
_PAIRS = {
    "Person": "Persona",
    "Case number": "N\u00famero de caso",
    "Next hearing": "Pr\u00f3xima audiencia",
    "Authority": "Autoridad",
    "To be completed by": "Plazo",
    "Period": "Per\u00edodo",
    "{name}, born {year}": "{name}, a\u00f1o de nacimiento {year}",
    "None yet (prosecutor\u2019s reference {reference})": "A\u00fan ninguno (referencia de la fiscal\u00eda {reference})",
    "Order of {day}; {stage}": "Orden del {day}; {stage}",
    " (as moved)": " (cambiada)",
    "no date any more (as moved)": "ya no hay fecha (cambiada)",
    "{first} to {last}": "Del {first} al {last}",
    "{title}, number {number}": "{title}, n\u00famero {number}",
    "Report": "Informe",
    "Program": "Programa",
    "Organization": "Organizaci\u00f3n",
    "Course": "Curso",
    "Policy": "Pol\u00edtica",
    "Referred by": "Referido por",
    "Defense counsel": "Defensa",
    "{title}, edition {edition}, taken in {language}": "{title}, edici\u00f3n {edition}, en {language}",
    "Version {number}: {terms}": "Versi\u00f3n {number}: {terms}",
    "{months} of check-ins, {every}; accepted until {grace} days after the due date, and made up until {cure} days after "
    "it; {percent}% made or excused to complete": (
        "{months} de seguimientos, {every}; se aceptan hasta {grace} d\u00edas despu\u00e9s de su fecha y se recuperan "
        "hasta {cure} d\u00edas despu\u00e9s; {percent}% hechos o excusados para completar"
    ),
    "{months} of check-ins, {every}; each can be sent from {window} days before its due date, is accepted until {grace} days "
    "after it, and made up until {cure} days after it; at risk from {at_risk} missed in a row; not in compliance from "
    "{in_row} missed in a row or {total} in all; {percent}% made or excused to complete; knowledge checks are passed at "
    "{mark}%": (
        "{months} de seguimientos, {every}; cada uno se puede enviar desde {window} d\u00edas antes de su fecha, se acepta "
        "hasta {grace} d\u00edas despu\u00e9s y se recupera hasta {cure} d\u00edas despu\u00e9s; en riesgo desde {at_risk} "
        "no hechos seguidos; en incumplimiento desde {in_row} no hechos seguidos o {total} en total; {percent}% hechos o "
        "excusados para completar; las pruebas de conocimientos se aprueban con {mark}%"
    ),
    "; at most {hours} of active time counted in one day": "; se cuentan como m\u00e1ximo {hours} de tiempo activo por d\u00eda",
    "; may be completed early after {percent}% of the track": "; se puede completar antes, desde el {percent}% del plazo",
    "Certification": "Certificaci\u00f3n",
    "Prepared by": "Preparado por",
    "Released by": "Emitido por",
    "Second release by": "Segunda firma de",
    "Not released": "No emitido",
    "Facts as of": "Hechos hasta",
}
_TABLES_OF_COURSE = {
    "Enrolled {day}.": "Inscripci\u00f3n: {day}.",
    "Started {day}.": "Comienzo: {day}.",
    "Identity was attested {times}.": "La identidad se confirm\u00f3 {times}.",
    "{done} of {required}": "{done} de {required}",
    "All modules": "Todos los m\u00f3dulos",
    "Module": "M\u00f3dulo",
    "Module {number}": "M\u00f3dulo {number}",
    "Check passed": "Prueba aprobada",
    "No check": "Sin prueba",
    "Not yet": "A\u00fan no",
    "Required": "Exigido",
    "Recorded": "Registrado",
    "Waived": "Dispensado",
    "Not required": "No exigido",
    "{day}, in part waived": "{day}, dispensado en parte",
    "Two people of the program waived what is listed here. It counts as met by that decision alone.": (
        "Dos personas del programa dispensaron lo que aqu\u00ed se indica. Cuenta como cumplido solo por esa decisi\u00f3n."
    ),
    "Waived ({reason})": "Dispensado ({reason})",
    "Requirement": "Requisito",
    "What was decided": "Qu\u00e9 se decidi\u00f3",
    "On": "Fecha",
    "Waived requirements": "Requisitos dispensados",
    "What was corrected": "Qu\u00e9 se corrigi\u00f3",
    "This report replaces {number} of {day}.": "Este informe reemplaza al {number} del {day}.",
    "Condition": "Condici\u00f3n",
    "Status": "Estado",
    "Conditions as ordered": "Condiciones como se ordenaron",
    "In the words of the order. This paper does not say which of it is met.": (
        "En las palabras de la orden. Este papel no dice cu\u00e1les est\u00e1n cumplidas."
    ),
    "Complete the program\u2019s course": "Completar el curso del programa",
    "Keep the program\u2019s check-ins to the end": "Mantener los seguimientos del programa hasta el final",
    "Commitment": "Compromiso",
    "Commitment {number}": "Compromiso {number}",
    "Verified on": "Verificado el",
    "Commitments": "Compromisos",
    "The person gave this answer on {day}, in their own words, before they were shown what this report says now:": (
        "La persona dio esta respuesta el {day}, con sus propias palabras, antes de que se le mostrara lo que este "
        "informe dice ahora:"
    ),
    "The person chose to give this answer to the court, in their own words:": (
        "La persona quiso dar esta respuesta al tribunal, en sus propias palabras:"
    ),
    "The person\u2019s answer": "La respuesta de la persona",
}
_TRACK = {
    "Check-ins": "Seguimientos",
    "{months}, {every}: from {first} to {last}.": "{months}, {every}: del {first} al {last}.",
    "Scheduled": "Previstos",
    "Exceptions": "Excepciones",
    "There are none: every check-in due so far was made on time.": (
        "No hay: cada seguimiento con fecha ya vencida se hizo a tiempo."
    ),
    "Check-in": "Seguimiento",
    "What happened": "Qu\u00e9 pas\u00f3",
    "Notice given": "Avisos dados",
    "{status}, received {moment}": "{status}, recibido el {moment}",
    "None sent": "Ninguno",
    ", last on {day}": ", el \u00faltimo el {day}",
    "No. {number}": "N.\u00ba {number}",
    "No. {number}, due {day}": "N.\u00ba {number}, fecha {day}",
    " (moved from {day}, a court holiday)": " (era el {day}, feriado del tribunal)",
    "; decided {day}": "; decidido el {day}",
    "The person asked that these check-ins be excused. Reasons and papers stay with the program.": (
        "La persona pidi\u00f3 que se excusaran estos seguimientos. Las razones y los papeles quedan en el programa."
    ),
    "Asked on": "Pedido el",
    "Decision": "Decisi\u00f3n",
    "Requests to be excused": "Peticiones de excusa",
    "Not decided yet": "A\u00fan sin decidir",
    "Refused {day}: {reason}": "Negado el {day}: {reason}",
    "Refused {day}: {reason}; appealed {appealed}, not decided yet": (
        "Negado el {day}: {reason}; apelado el {appealed}, a\u00fan sin decidir"
    ),
    "Refused {day}, and on appeal {again}: {reason}": "Negado el {day}, y en apelaci\u00f3n el {again}: {reason}",
    "What was done, in order, about what was missed. A step is skipped by an administrator alone.": (
        "Qu\u00e9 se hizo, en orden, por lo que falt\u00f3. Solo la administraci\u00f3n puede omitir un paso."
    ),
    "Step": "Paso",
    "By": "Por",
    "Steps taken": "Pasos dados",
    "{step}: skipped; {reason}": "{step}: omitido; {reason}",
    "Changes of time": "Cambios de fechas",
    "The court\u2019s date to complete, {before}, was lifted:": "Se quit\u00f3 la fecha del tribunal para completar, {before}:",
    "A date to complete was named, {day}:": "Se puso una fecha para completar, {day}:",
    "The court\u2019s date to complete was moved from {before} to {day}:": (
        "La fecha del tribunal para completar pas\u00f3 del {before} al {day}:"
    ),
    "{moved} {authority}{who}; recorded by the court on {day}.": "{moved} {authority}{who}; lo registr\u00f3 el tribunal el {day}.",
    "{moved} {authority}{who}; recorded by the program on {day}.": "{moved} {authority}{who}; lo registr\u00f3 el programa el {day}.",
    "The clock ran again from {since}, sooner than was said": "El plazo volvi\u00f3 a correr desde el {since}, antes de lo dicho",
    "From {since} check-ins are {now}; before, {was}": "Desde el {since} los seguimientos son {now}; antes, {was}",
    "From {since} dates are counted in the time zone {now}; before, in {was}": (
        "Desde el {since} las fechas se cuentan en la zona horaria {now}; antes, en {was}"
    ),
    "The track was completed early, on {since}, as the policy allows": (
        "Los seguimientos se completaron antes, el {since}, como lo permite la pol\u00edtica"
    ),
    "; the last day came {days} later": "; el \u00faltimo d\u00eda pas\u00f3 a ser {days} despu\u00e9s",
    "; the last day came {days} sooner": "; el \u00faltimo d\u00eda pas\u00f3 a ser {days} antes",
    "The case was transferred from {was} to {now} on {day}; dates from {since} are by the terms of {now}: {reason}{who}.": (
        "El caso pas\u00f3 de {was} a {now} el {day}; las fechas desde el {since} siguen las reglas de {now}: {reason}{who}."
    ),
    "the person moved": "la persona se mud\u00f3",
    "order of the court": "orden del tribunal",
    "the other program works in the person\u2019s language": "el otro programa trabaja en el idioma de la persona",
    "the other program is easier to reach": "es m\u00e1s f\u00e1cil llegar al otro programa",
    "somebody at the first program knows the person": "alguien del primer programa conoce a la persona",
    "the first program ends, or could not go on with the case": "el primer programa termina o no pudo seguir con el caso",
    "another reason": "otra raz\u00f3n",
    "The clock stopped from {first} to {last} ({days}): {reason}.": "El plazo se detuvo del {first} al {last} ({days}): {reason}.",
    "now": "hoy",
    "Extended by {days}: {reason}{who}.": "Se extendi\u00f3 {days}: {reason}{who}.",
    ", ordered by {who}": ", por orden de {who}",
    "Check-in {number} would have been due on {planned}, a court holiday, and was due on {day}.": (
        "El seguimiento {number} ten\u00eda fecha el {planned}, feriado del tribunal, y pas\u00f3 al {day}."
    ),
    "Check-in {number} was held open {minutes} longer: the service was down from {moment}.": (
        "El seguimiento {number} estuvo abierto {minutes} m\u00e1s: el servicio fall\u00f3 desde el {moment}."
    ),
}
_END = {
    "What this report does not say": "Lo que este informe no dice",
    "Identity was attested by the person at sign-in; it was not proved by documents or biometrics.": (
        "La persona confirm\u00f3 su identidad al entrar; no se prob\u00f3 con documentos ni biometr\u00eda."
    ),
    "Time is active time recorded by the server. Time away from the page is not counted.": (
        "El tiempo es tiempo activo registrado por el servidor. No se cuenta el tiempo fuera de la p\u00e1gina."
    ),
    "What the person wrote in reflections and check-ins is confidential and is not part of this report.": (
        "Lo que la persona escribi\u00f3 en reflexiones y seguimientos es confidencial y no es parte de este informe."
    ),
    "Nothing here names a survivor, and nothing here describes health or treatment.": (
        "Nada aqu\u00ed nombra a una sobreviviente, y nada describe salud ni tratamiento."
    ),
    "Nothing here names a survivor. Of health or treatment nothing is said beyond the coded reasons above and the words of "
    "the court\u2019s order.": (
        "Nada aqu\u00ed nombra a una sobreviviente. De salud o tratamiento no se dice nada fuera de los motivos en clave "
        "que figuran arriba y de las palabras de la orden del tribunal."
    ),
    "This report states recorded facts. It holds no opinion and recommends no outcome.": (
        "Este informe expone hechos registrados. No contiene opiniones ni recomienda un resultado."
    ),
}
_PAPER = {
    "DRAFT \u2014 not released. This is not a report to the court.": (
        "BORRADOR \u2014 no emitido. Esto no es un informe al tribunal."
    ),
    "DRAFT": "BORRADOR",
    "COPY": "COPIA",
    "Number {number}": "N\u00famero {number}",
    "{county} County": "condado de {county}",
    "Page {n} of {m}": "P\u00e1gina {n} de {m}",
    "Copy of number {number}": "Copia del n\u00famero {number}",
    "Copy for the person: {title} {number}": "Copia para la persona: {title} {number}",
    "Copy for the person, in Spanish. It is not signed and not in the register. The report that the court holds is the "
    "English original, number {number}.": (
        "Copia para la persona, en espa\u00f1ol. No est\u00e1 firmada ni est\u00e1 en el registro. El informe que tiene el "
        "tribunal es el original en ingl\u00e9s, n\u00famero {number}."
    ),
    "About this copy": "Sobre esta copia",
    "Court, conditions and what people typed stand as they were written. If this copy and the English original differ, "
    "the original holds. Show or send the original, number {number}, not this copy.": (
        "El tribunal, las condiciones y lo que alguien escribi\u00f3 est\u00e1n como se escribieron. Si esta copia y el "
        "original en ingl\u00e9s difieren, vale el original. Muestre o env\u00ede el original, n\u00famero {number}, no esta "
        "copia."
    ),
    "on time": "a tiempo",
    "late or made up": "tarde o recuperado",
    "excused": "excusado",
    "missed": "no hecho",
    "to come": "por venir",
    "none due yet": "ninguno con fecha vencida",
    " Missed: {days}.": " No hechos: {days}.",
    "Timeline of {scheduled} check-ins from {first} to {last}: {said}.": (
        "L\u00ednea de tiempo de {scheduled} seguimientos del {first} al {last}: {said}."
    ),
}
PHRASES = _TABLES | _COUNTS | _BRIEF | _NEXT | _PAIRS | _TABLES_OF_COURSE | _TRACK | _END | _PAPER
