/**
 * The chat template in Jinja, for tools that know no code of ours: it gives what renderChat gives, or refuses what that refuses.
 * It takes `messages`, `tools`, `add_generation_prompt` and `reserved` ('escape' or 'keep').
 *
 * It runs in Python's Jinja2 as transformers sets it up and in @huggingface/jinja, and uses what is the same in both. Control
 * characters stand in it as themselves, as older versions of the latter know no \x01.
 *
 * What it cannot do as renderChat does:
 * - Wrong types of fields are refused as far as a wrong text could come of them, without the field's place.
 * - Python prints its own numbers (1.0, 1e+16, NaN), and a lone surrogate as itself.
 * - continue_final_message is done by transformers behind the template, which cuts the text where the content ends.
 */
import { CONTROLS, DLE, ESCAPE_OFFSET, isReserved } from './controls.js'

/** `text` with reserved characters escaped, DLE first, as it is in all the other escapes. */
const ESCAPES = CONTROLS.filter(({ byte }) => isReserved(byte))
  .sort((left, right) => Number(right.byte === DLE) - Number(left.byte === DLE))
  .map(({ byte }) => `replace('${String.fromCharCode(byte)}', '${escapeOf(byte)}')`)
  .join(' | ')

/** The escape, in quotes of Jinja: that of FS ends with a backslash. */
function escapeOf(byte: number): string {
  return String.fromCharCode(DLE, byte + ESCAPE_OFFSET).replace('\\', '\\\\')
}

/** The template. */
export const CHAT_TEMPLATE = `
{%- set keep = reserved is defined and reserved == 'keep' -%}
{%- if reserved is defined and reserved != 'keep' and reserved != 'escape' -%}
    {{- raise_exception("expected 'escape' or 'keep' for reserved") -}}
{%- endif -%}

{#- A field of any text. -#}
{%- macro escaped(text) -%}
    {%- if text is not string -%}
        {{- raise_exception('expected a string for a role, content, reasoning_content, name or description') -}}
    {%- endif -%}
    {%- if keep -%}
        {{- text -}}
    {%- else -%}
        {{- text | ${ESCAPES} -}}
    {%- endif -%}
{%- endmacro -%}

{#- A field of one line, which may not hold any text of \`refused\`. -#}
{%- macro line(text, refused) -%}
    {%- if keep -%}
        {{- escaped(text) -}}
    {%- else -%}
        {%- for one in refused -%}
            {%- if text is string and one in text -%}
                {{- raise_exception('expected a role without a line feed, names without white space and (, arguments without colon and space') -}}
            {%- endif -%}
        {%- endfor -%}
        {{- escaped(text) | replace('\\n', '${escapeOf(0x0a)}') -}}
    {%- endif -%}
{%- endmacro -%}

{%- set no_name = [' ', '(', '\\n', '\\t', '\\r', '\\v', '\\f'] -%}
{%- if tools -%}
    {%- for tool in tools -%}
        {{- '\x11\x0e' + line(tool['function']['name'], no_name) + '\\n' -}}
        {%- set parameters = tool['function']['parameters'] -%}
        {%- if parameters and parameters['properties'] -%}
            {%- for argument in parameters['properties'] -%}
                {%- set description = parameters['properties'][argument]['description'] -%}
                {{- line(argument, [': ']) + ': ' -}}
                {%- if description is defined and description is not none -%}
                    {{- line(description, []) -}}
                {%- endif -%}
                {{- '\\n' -}}
            {%- endfor -%}
        {%- endif -%}
        {{- '\x0f' -}}
    {%- endfor -%}
{%- endif -%}

{%- for message in messages -%}
    {{- '\x01' + line(message['role'], ['\\n']) + '\\n' -}}
    {%- if message['role'] != 'assistant' -%}
        {{- '\x0e' -}}
    {%- endif -%}
    {%- set reasoning = message['reasoning_content'] -%}
    {%- if reasoning is defined and reasoning is not none -%}
        {{- '\x05' + escaped(reasoning) + '\x06' -}}
    {%- endif -%}
    {%- set content = message['content'] -%}
    {%- if content is string -%}
        {{- escaped(content) -}}
    {%- elif content is defined and content is not none -%}
        {%- for part in content -%}
            {%- if part is not mapping or part['type'] != 'text' -%}
                {{- raise_exception('expected parts of type text in content') -}}
            {%- endif -%}
            {{- escaped(part['text']) -}}
        {%- endfor -%}
    {%- endif -%}
    {%- if message['tool_calls'] -%}
        {%- for call in message['tool_calls'] -%}
            {%- set values = call['function']['arguments'] -%}
            {%- if not keep and values is not mapping -%}
                {{- raise_exception('expected an object for the arguments of a tool call') -}}
            {%- endif -%}
            {{- '\x1a' + line(call['type'], no_name) + ' ' + line(call['function']['name'], no_name) -}}
            {{- '(' + (values | tojson) + ')\x1b' -}}
        {%- endfor -%}
    {%- endif -%}
    {%- if message['role'] != 'assistant' -%}
        {{- '\x0f' -}}
    {%- endif -%}
    {{- '\x17\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '\x01assistant\\n' -}}
{%- endif -%}
`.trim()
