/* Said on every page. */
export default { list: ", ", offline: "The hall cannot be reached; please try again", language: "中文", example: "Example" };
