/* Days in words. */
export default {
  always: "open day and night", today: "today", tomorrow: "tomorrow, {weekday}", someday: "{weekday} {date}", date: "{day} {month}",
  "weekday.0": "Sunday", "weekday.1": "Monday", "weekday.2": "Tuesday", "weekday.3": "Wednesday", "weekday.4": "Thursday",
  "weekday.5": "Friday", "weekday.6": "Saturday",
  "month.1": "January", "month.2": "February", "month.3": "March", "month.4": "April", "month.5": "May", "month.6": "June",
  "month.7": "July", "month.8": "August", "month.9": "September", "month.10": "October", "month.11": "November",
  "month.12": "December",
};
