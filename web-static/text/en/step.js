/* What a person writes or brings by phone. */
export default {
  send: "Send", back: "Back", optional: "optional", yes: "Yes", no: "No", "fill.in": "Please fill in: {field}",
  "person.name": "Name", "person.id": "ID or phone number", "person.why": "The number is to compare only, not kept", "file.choose": "Take a photo or choose files", "file.why": "Photos or PDF, several if need be; a PDF of 4 MB at most", "file.most": "{n} at most; please take some off", "file.off": "Take off", bringing: "Sending…",
  "new.what": "What would you like to say?", "new.none": "This hall does not take it by phone now", "new.escalation.register": "It could not be done", "new.escalation.praise": "Praise somebody", "new.help.ask": "Ask for help",
};
