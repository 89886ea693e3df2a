// Framing of text and of JSON lines: see checks.h.
#include "checks.h"

using namespace u8t;

namespace u8t_test {
namespace {

struct Framed {
  Bytes bytes;
  std::vector<int32_t> lengths;
  std::vector<uint64_t> events;  // of refused and undecided documents: all that is said of them
  FrameState state{};
  const char* broken = nullptr;  // a promise that a call did not keep
};

// One call: `readable_end` is where the memory ends that may be read.
using Call = std::function<Status(FrameState& state, FrameCursor& cursor, bool final, const uint8_t* readable_end)>;

constexpr size_t kPadding = 64;

// A caller: hands the input in by pieces, keeps what is not used, empties the output now and then, and makes it larger
// where an empty one was too small.
Framed run(const Call& call, const Bytes& input, const Choose& choose) {
  Framed result;
  const bool pieces = choose(3) != 0;
  size_t room = choose(2) != 0 ? static_cast<size_t>(kOutputRoom) + choose(2000) : 8192 + choose(3);
  const size_t length_room = choose(2) != 0 ? static_cast<size_t>(2 * kLengthRoom) + choose(100) : kMinLengths;
  for (size_t used = 0, given = pieces ? choose(input.size() + 1) : input.size();;) {
    Memory<uint8_t> output(room, choose(64));
    Memory<int32_t> lengths(length_room, 4 * choose(16));
    uint8_t* out = output.data();
    int32_t* length = lengths.data();
    Status status = Status::kInputUsed;
    bool done = false;
    bool empty_before = true;
    do {
      // A piece has memory of its own.
      const Bytes bytes(input.begin() + static_cast<ptrdiff_t>(used), input.begin() + static_cast<ptrdiff_t>(given));
      Memory<uint8_t> piece(bytes.size() + (choose(2) == 0 ? kPadding : 0), choose(64));
      if (!bytes.empty()) memcpy(piece.data(), bytes.data(), bytes.size());
      const bool final = given == input.size();
      empty_before = out == output.data();
      FrameCursor cursor{piece.data(), piece.data() + bytes.size(), output.data(), out, output.end(), length,
                         lengths.end()};
      status = call(result.state, cursor, final, piece.end());
      used += static_cast<size_t>(cursor.in - piece.data());
      out = cursor.out;
      length = cursor.lengths;
      done = status == Status::kInputUsed && final;
      if (status == Status::kInputUsed && !final) given += 1 + choose(input.size() - given);
    } while (!done && status == Status::kInputUsed && choose(2) == 0);
    result.bytes.insert(result.bytes.end(), output.data(), out);
    result.lengths.insert(result.lengths.end(), lengths.data(), length);
    if (!output.intact() || !lengths.intact()) result.broken = "written outside of the output";
    const FrameState& state = result.state;
    if (status == Status::kRejected) {
      const size_t written = result.bytes.size();
      if (state.take_back > written) result.broken = "more taken back than there was";
      result.bytes.resize(written - (state.take_back < written ? state.take_back : written));
      result.events.insert(result.events.end(), {static_cast<uint64_t>(state.reason), state.error_offset});
    }
    if (status == Status::kRejected || status == Status::kUndecided) {
      result.events.insert(result.events.end(), {used - state.terminator_length - state.document_input,
                                                 state.document_input, state.terminator_length});
    }
    if (status == Status::kOutputFull && empty_before && out == output.data()) room *= 2;
    if (done) return result;
  }
}

// All of the input in one call, as far as the output reaches.
Framed run_whole(const Call& call, const Bytes& input) {
  return run(call, input, [](size_t) { return size_t{0}; });
}

Difference compare(const Framed& expected, const Framed& actual) {
  const FrameState& a = expected.state;
  const FrameState& b = actual.state;
  if (actual.broken != nullptr) return {actual.broken};
  if (expected.events != actual.events) return {"refused documents"};
  const Difference bytes = first_difference("framed bytes", expected.bytes, actual.bytes.data(), actual.bytes.size());
  if (bytes.what != nullptr) return bytes;
  if (expected.lengths != actual.lengths) return {"lengths"};
  const bool totals = a.documents == b.documents && a.total.code_points == b.total.code_points &&
                      a.total.reserved == b.total.reserved && a.total.replaced == b.total.replaced &&
                      a.skipped_empty == b.skipped_empty && a.crlf == b.crlf && a.blank_lines == b.blank_lines;
  return totals ? Difference{} : Difference{"totals"};
}

}  // namespace

Difference check_frame(Target target, const FrameOptions& options, const Bytes& input, const Choose& choose) {
  const auto with = [&](Target of) -> Call {
    return [&options, of](FrameState& state, FrameCursor& cursor, bool final, const uint8_t*) {
      return frame(*kernels_for(of), options, state, cursor, final);
    };
  };
  return compare(run_whole(with(Target::kScalar), input), run(with(target), input, choose));
}

Difference check_jsonl(Target target, const FrameOptions& options, const JsonPath& path, const Bytes& input,
                       const Choose& choose) {
  // Kept from check to check, as a caller would.
  static JsonlReader readers[kTargetCount];
  const auto with = [&](Target of) -> Call {
    return [&, of](FrameState& state, FrameCursor& cursor, bool final, const uint8_t* readable_end) {
      return readers[static_cast<size_t>(of)].frame(of, options, path, state, cursor, final, readable_end);
    };
  };
  return compare(run_whole(with(Target::kScalar), input), run(with(target), input, choose));
}

}  // namespace u8t_test
