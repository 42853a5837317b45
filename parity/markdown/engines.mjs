// Reads [[name, report], …] from standard input; prints, for each engine, the elements that a page of the report has.
import MarkdownIt from "markdown-it";
import { unified } from "unified";
import remarkParse from "remark-parse";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkRehype from "remark-rehype";
import rehypeRaw from "rehype-raw";
import rehypeSanitize from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import { text } from "node:stream/consumers";

const markdownIt = new MarkdownIt({ html: true, linkify: true, typographer: true });
// What GitHub allows in a comment is what rehype-sanitize allows by default.
const remark = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkMath)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeSanitize)
  .use(rehypeStringify);

const engines = {
  "markdown-it": (text) => markdownIt.render(text),
  "remark-gfm with rehype-sanitize": (text) => String(remark.processSync(text)),
};
const pages = JSON.parse(await text(process.stdin));
const answer = {};
for (const [engine, render] of Object.entries(engines)) {
  answer[engine] = pages.map(([, report]) => render(report));
}
process.stdout.write(JSON.stringify(answer));
