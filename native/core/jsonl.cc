// JSON lines on simdjson's DOM: see jsonl.h.
#include "jsonl.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#define SIMDJSON_EXCEPTIONS 0
#include "kernels.h"
#include "simdjson.h"

namespace u8t {
namespace {

// simdjson's name for the kernels that need the same instructions.
const char* simdjson_name(Target target) {
  switch (target) {
    case Target::kSse4:
      return "westmere";
    case Target::kAvx2:
      return "haswell";
    case Target::kAvx512:
      return "icelake";
    case Target::kNeon:
      return "arm64";
    case Target::kScalar:
      break;
  }
  return "fallback";
}

constexpr size_t kSmallestCapacity = size_t{1} << 16;
// Parsing takes about 14 bytes for each byte of the longest line; memory for longer ones than this is not kept.
constexpr size_t kKeptCapacity = size_t{1} << 20;

bool is_blank(const uint8_t* p, const uint8_t* end) {
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) p++;
  return p == end;
}

// The next key of a packed path, or false at its end.
bool next_key(JsonPath& path, std::string_view& key) {
  if (path.length < 4) return false;
  const uint8_t* const p = path.packed;
  const size_t length = static_cast<size_t>(p[0]) | static_cast<size_t>(p[1]) << 8 | static_cast<size_t>(p[2]) << 16 |
                        static_cast<size_t>(p[3]) << 24;
  if (length > path.length - 4) return false;
  key = {reinterpret_cast<const char*>(p) + 4, length};
  path = {p + 4 + length, path.length - 4 - length};
  return true;
}

// The string at `path`; the last of duplicate keys wins, as in JSON.parse.
bool find_text(simdjson::dom::element element, JsonPath path, std::string_view& text) {
  std::string_view key;
  while (next_key(path, key)) {
    simdjson::dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) return false;
    bool found = false;
    for (const simdjson::dom::key_value_pair field : object) {
      if (field.key == key) {
        element = field.value;
        found = true;
      }
    }
    if (!found) return false;
  }
  return element.get_string().get(text) == simdjson::SUCCESS;
}

}  // namespace

bool is_json_path(const JsonPath& path) {
  JsonPath rest = path;
  std::string_view key;
  bool any = false;
  while (next_key(rest, key)) any = true;
  return any && rest.length == 0;
}

struct JsonlReader::Parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation;
  simdjson::dom::document document;
  Target target = Target::kScalar;
  size_t capacity = 0;
  // A line that stands too near the end of readable memory is parsed from here.
  std::unique_ptr<uint8_t[]> copy;
  size_t copy_capacity = 0;

  bool prepare(Target wanted, size_t length) {
    if (implementation && target == wanted && capacity >= length) return true;
    size_t grown = kSmallestCapacity;
    while (grown < length) grown *= 2;
    release();
    const simdjson::implementation* kernels = simdjson::get_available_implementations()[simdjson_name(wanted)];
    if (kernels == nullptr || !kernels->supported_by_runtime_system()) kernels = simdjson::get_active_implementation();
    if (kernels->create_dom_parser_implementation(grown, simdjson::DEFAULT_MAX_DEPTH, implementation) !=
            simdjson::SUCCESS ||
        document.allocate(grown) != simdjson::SUCCESS) {
      release();
      return false;
    }
    target = wanted;
    capacity = grown;
    return true;
  }

  void release() {
    implementation.reset();
    document = simdjson::dom::document();
    copy.reset();
    capacity = copy_capacity = 0;
  }

  const uint8_t* readable(const uint8_t* line, size_t length, const uint8_t* readable_end) {
    if (static_cast<size_t>(readable_end - line) >= length + simdjson::SIMDJSON_PADDING) return line;
    const size_t needed = length + simdjson::SIMDJSON_PADDING;
    if (copy_capacity < needed) {
      copy.reset(new (std::nothrow) uint8_t[needed]);
      copy_capacity = copy ? needed : 0;
      if (!copy) return nullptr;
    }
    memcpy(copy.get(), line, length);
    memset(copy.get() + length, ' ', simdjson::SIMDJSON_PADDING);
    return copy.get();
  }
};

JsonlReader::JsonlReader() : parser_(new (std::nothrow) Parser) {}
JsonlReader::~JsonlReader() = default;

Status JsonlReader::frame(Target target, const FrameOptions& options, const JsonPath& path, FrameState& state,
                          FrameCursor& cursor, bool final, const uint8_t* readable_end) {
  const Kernels& kernels = *kernels_for(target);
  while (cursor.in < cursor.in_end) {
    const uint8_t* const line = cursor.in;
    const size_t left = static_cast<size_t>(cursor.in_end - line);
    const void* const feed = memchr(line, '\n', left);
    if (feed == nullptr && !final) return Status::kInputUsed;
    const uint8_t* const end = feed != nullptr ? static_cast<const uint8_t*>(feed) : cursor.in_end;
    const uint8_t* const next = feed != nullptr ? end + 1 : end;
    const size_t length = static_cast<size_t>(end - line);
    if (is_blank(line, end)) {
      state.blank_lines++;
      cursor.in = next;
      continue;
    }
    // The longest output: each byte a picture, which has three.
    if (static_cast<size_t>(cursor.out_end - cursor.out) < 3 * length + 2 * kOutputRoom) return Status::kOutputFull;
    if (cursor.lengths_end - cursor.lengths < 2 * kLengthRoom) return Status::kLengthsFull;

    const auto undecided = [&] {
      state.document_input = length;
      state.terminator_length = static_cast<uint64_t>(next - end);
      cursor.in = next;
      return Status::kUndecided;
    };
    // simdjson passes over a byte order mark; JSON has none.
    if (length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) return undecided();
    if (!parser_ || !parser_->prepare(target, length)) return undecided();
    const uint8_t* const json = parser_->readable(line, length, readable_end);
    std::string_view text;
    if (json == nullptr || parser_->implementation->parse(json, length, parser_->document) != simdjson::SUCCESS ||
        !find_text(parser_->document.root(), path, text)) {
      return undecided();
    }

    const FrameState before = state;
    FrameCursor of_text = cursor;
    of_text.in = reinterpret_cast<const uint8_t*>(text.data());
    of_text.in_end = of_text.in + text.size();
    FrameOptions as_stream = options;
    as_stream.unit = Unit::kStream;
    const Status status = u8t::frame(kernels, as_stream, state, of_text, true);
    if (status != Status::kInputUsed) {
      state = before;
      return undecided();
    }
    cursor.out = of_text.out;
    cursor.lengths = of_text.lengths;
    cursor.in = next;
    if (parser_->capacity > kKeptCapacity) parser_->release();
  }
  return Status::kInputUsed;
}

}  // namespace u8t
