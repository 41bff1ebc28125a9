/* Days in words. */
export default {
  always: "全天开放", today: "今天", tomorrow: "明天{weekday}", someday: "{date}{weekday}", date: "{month} 月 {day} 日",
  "weekday.0": "星期日", "weekday.1": "星期一", "weekday.2": "星期二", "weekday.3": "星期三", "weekday.4": "星期四",
  "weekday.5": "星期五", "weekday.6": "星期六",
  "month.1": "1", "month.2": "2", "month.3": "3", "month.4": "4", "month.5": "5", "month.6": "6", "month.7": "7", "month.8": "8",
  "month.9": "9", "month.10": "10", "month.11": "11", "month.12": "12",
};
