// Signed in again: what was typed goes on by itself to where it is kept as a draft.
document.querySelector("form[data-carry]")?.requestSubmit();
