/* Who comes in: people by name and password, pages by a pairing code. */
export default {
  "login.title": "Please log in", "login.name": "Name", "login.password": "Password", login: "Log in", logout: "Log out",
  "login.wait": "Logging in…", "login.again": "Your login has expired; please log in again.", "login.role": "The role of {name} cannot use this page; please log in as somebody else.",
  "pair.title": "Register this device", "pair.text": "Enter the 8-digit pairing code.", "pair.where": "It is made under Administration, Devices, and works once within ten minutes. The demo hall prints a link with a code when it starts.",
  "pair.clear": "Clear", "pair.delete": "Delete", 
  "role.public": "Public", "role.kiosk": "Kiosk", "role.screen": "Screen", "role.clerk": "Clerk", "role.desk": "Could-not-be-done desk", "role.manager": "Manager",
  "role.admin": "Administrator", "role.auditor": "Auditor",
};
