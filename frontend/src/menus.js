// Close the account menu as a menu closes: by Escape, or by turning elsewhere.

const account = document.querySelector("details.account");

if (account) {
  addEventListener("click", (event) => account.contains(event.target) || (account.open = false));
  account.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    account.open = false;
    account.querySelector("summary").focus();
  });
  account.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !account.contains(event.relatedTarget)) account.open = false;
  });
}
