/* The kiosk's page for whoever has booked or comes back. */
export default {
  booked: "I have booked", "booked.title": "I have booked", "booked.text": "Type your 6 digits, or hold the code on your phone to the scanner.", "booked.scan": "The digits stand on your appointment's page.",
  "booked.in.time": "You booked {time}: called first at that time.", "booked.late": "You booked {time}, which is past: this is a walk-in number.",
  "booked.day": "Your appointment is on {day}. Please come then, or go back and take an ordinary number.",
  "booked.none": "No appointment today has the code {code}. Look again, or go back and take a number.", "booked.back": "Back with a missing paper? Scan the code on your first slip: no need to queue anew.",
};
