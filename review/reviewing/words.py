"""What the review screen says: why something is shown, and what is wrong with what was typed."""

from form_templates.model import Kind
from store.desk.model import Stage, Task
from store.model import TaskKind

REASONS: dict[str, str] = {
    "unsure": "Read, but not surely enough to pass unseen.",
    "illegible": "Something is written here that could not be made out.",
    "implausible": "The value fails a check: no day of the calendar, or a wrong check digit.",
    "ambiguous": "It can be read in two ways.",
    "disagree": "Two readers saw different things.",
    "crossed_out": "Writing was struck through.",
    "overwritten": "Something was written across the field.",
    "outside_box": "Much of the writing lies outside its box.",
    "two_lines": "Two lines are written where there is room for one.",
    "not_applicable": "It seems to say that there is no answer.",
    "two_marked": "Two boxes of one question are ticked.",
    "faint": "A mark is hardly there.",
    "touched": "There is ink near another box of the question.",
    "unexpected": "It does not fit the rest of its address, or a date lies far from the day of the call.",
    "repaired": "As written it is no valid number, or nobody read it so: this is the nearest valid one.",
    "held_back": "Read surely, but fields like this were read wrong of late.",
    "typed": "The signature looks typed or stamped.",
    "registration": "The page could not be laid over its form.",
    "missing_page": "The page of this field did not come.",
    "cut_off": "The page was cut short here.",
    "no_box": "The template gives this field no place.",
    "page_cut": "The page is cut short. Ask the sender, or go on with what came.",
    "file_cut": "The file ends early. Fetch it from the fax server again, or ask for a resend.",
    "page_unreadable": "The page cannot be drawn. Ask the sender to fax it again.",
    "doubled": "A page of this form came twice. Say in triage which of the two counts.",
    "unsure_split": "It is not sure which pages make this form. Look at the fax as a whole.",
    "unknown_page": "The page is no form that the program knows. Say in triage what it is.",
    "no_form": "The fax holds no form that the program knows.",
}

STAGES: dict[Stage, str] = {
    "first": "",
    "second": "",
    "lead": "Two people entered different things. You decide.",
    "outreach": "The sender has to be asked.",
}

TITLES: dict[TaskKind, str] = {
    "field": "Field",
    "page": "Page",
    "document": "Form",
    "adverse_event": "Possible adverse event",
    "set_aside": "Fax that was set aside",
}

NO_VALUE: dict[Kind, str] = {
    "date": "This is no day of the calendar: month, day, year.",
    "time": "This is no time of day: hours and minutes.",
    "phone": "A telephone number has ten digits.",
    "email": "An e-mail address has an @.",
    "npi": "An NPI has ten digits.",
    "dea": "A DEA number has two letters and seven digits.",
    "state_license": "A license number has letters and digits.",
    "rems_id": "A REMS ID has a letter, seven digits and a check character.",
    "ncpdp": "An NCPDP number has seven digits.",
    "state": "This is no state of the USA.",
    "zip": "A ZIP code has five or nine digits.",
    "number": "This is no number.",
    "name": "A name has letters.",
}
ODD_VALUE: dict[Kind, str] = {
    "date": "The year is out of range.",
    "time": "It may be morning or afternoon: add am or pm.",
    "phone": "No number of North America begins like this.",
    "email": "This is no whole e-mail address.",
    "npi": "The check digit is wrong.",
    "dea": "The check digit is wrong.",
    "rems_id": "The check character is wrong.",
    "ncpdp": "The check digit is wrong.",
    "zip": "No ZIP code begins like this.",
    "state": "No state has this name.",
    "number": "The number is out of its range.",
    "name": "A name does not hold such signs.",
}
PLAIN_NO_VALUE = "This is no value for this field."
PLAIN_ODD = "The value looks unusual."
KEEP = " Enter again keeps it as written."
BLIND_EMPTY = "Type what is written; Enter again says that nothing is."


def why(task: Task) -> tuple[str, ...]:
    """Why a task is shown, in sentences; the same words for every blind task."""
    said = [STAGES[task.stage]] if STAGES[task.stage] else []
    if task.blind:
        return (*said, "Type what is written.")
    codes = dict.fromkeys((task.reason, *task.reasons))
    if task.message:
        codes.pop(task.reason, None)
        said.append(task.message)
    said.extend(REASONS.get(code, code.replace("_", " ").capitalize() + ".") for code in codes)
    return tuple(said)
