// Lines of JSON: finds each line's text field and frames it. Plain lines only; whatever is odd about a line (ill-formed
// UTF-8, malformed JSON, no such field, a number that simdjson refuses, ...) leaves it undecided for the caller, so that
// there is one place in the system that judges odd lines, whichever engine runs.
#pragma once

#include <memory>

#include "frame.h"

namespace u8t {

// The keys that lead to the field: for each a 32-bit little-endian length and its UTF-8 bytes.
struct JsonPath {
  const uint8_t* packed;
  size_t length;
};

bool is_json_path(const JsonPath& path);

// A parser with its memory; one for each thread that parses.
class JsonlReader {
 public:
  JsonlReader();
  ~JsonlReader();
  JsonlReader(const JsonlReader&) = delete;
  JsonlReader& operator=(const JsonlReader&) = delete;

  // `readable_end`: memory from in_end up to there may be read (not used), which spares the copy of a line.
  Status frame(Target target, const FrameOptions& options, const JsonPath& path, FrameState& state,
               FrameCursor& cursor, bool final, const uint8_t* readable_end);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace u8t
