/* Said on every page. */
export default { list: "、", offline: "连不上大厅，请再试一次", language: "English", example: "示例" };
