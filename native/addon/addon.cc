// The Node-API addon: checks the arguments, calls the core, returns a number. No algorithm, no Error and no call of user
// JavaScript here. All of it is synchronous and keeps nothing of the caller's memory, so that no buffer can be
// detached or resized under it; memory that other threads may write (SharedArrayBuffer) is copied first, so that what
// was checked is what is used.
//
// A wrong argument gives a negative number, -1 - (the argument's index); lib/engine/native.ts checks before and makes
// the error that people read.
#include <napi.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "../core/jsonl.h"
#include "../core/kernels.h"

namespace {

// What each environment (main thread, worker) has of its own.
struct Environment {
  u8t::JsonlReader jsonl;
};

// A typed array's memory at this moment.
struct View {
  uint8_t* data = nullptr;
  size_t length = 0;  // elements
  bool shared = false;
};

bool view_of(const Napi::Value& value, napi_typedarray_type type, View& view) {
  bool is_typed_array = false;
  if (napi_is_typedarray(value.Env(), value, &is_typed_array) != napi_ok || !is_typed_array) return false;
  napi_typedarray_type actual;
  void* data = nullptr;
  napi_value buffer;
  if (napi_get_typedarray_info(value.Env(), value, &actual, &view.length, &data, &buffer, nullptr) != napi_ok) {
    return false;
  }
  if (actual != type) return false;
  bool is_array_buffer = false;
  if (napi_is_arraybuffer(value.Env(), buffer, &is_array_buffer) != napi_ok) return false;
  view.data = static_cast<uint8_t*>(data);
  view.shared = !is_array_buffer;
  if (view.data == nullptr) view.length = 0;  // detached
  return true;
}

// A whole number from 0 to `most`.
bool whole_number(const Napi::Value& value, double most, uint64_t& number) {
  double as_double;
  if (napi_get_value_double(value.Env(), value, &as_double) != napi_ok) return false;
  if (!(as_double >= 0 && as_double <= most) || as_double != std::floor(as_double)) return false;
  number = static_cast<uint64_t>(as_double);
  return true;
}

// input[start, end), copied if it is shared.
struct Input {
  const uint8_t* begin = nullptr;   // of the array (or of its copy, as if it began there)
  const uint8_t* from = nullptr;
  const uint8_t* to = nullptr;
  const uint8_t* readable_end = nullptr;
  std::unique_ptr<uint8_t[]> copy;
};

// The arguments of one call, by index; the first that is wrong is remembered.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  bool target(size_t index, u8t::Target& target) {
    uint64_t number = 0;
    if (!check(index, whole_number(info_[index], u8t::kTargetCount - 1, number))) return false;
    target = static_cast<u8t::Target>(number);
    return check(index, u8t::kernels_for(target) != nullptr);
  }

  bool view(size_t index, napi_typedarray_type type, View& view) { return check(index, view_of(info_[index], type, view)); }

  bool number(size_t index, double most, uint64_t& number) {
    return check(index, whole_number(info_[index], most, number));
  }

  bool boolean(size_t index, bool& value) {
    return check(index, napi_get_value_bool(info_.Env(), info_[index], &value) == napi_ok);
  }

  // The three arguments bytes, start, end.
  bool input(size_t index, Input& input) {
    View bytes;
    uint64_t start = 0;
    uint64_t end = 0;
    if (!view(index, napi_uint8_array, bytes) || !number(index + 2, static_cast<double>(bytes.length), end) ||
        !number(index + 1, static_cast<double>(end), start)) {
      return false;
    }
    static const uint8_t nothing = 0;
    const uint8_t* data = bytes.data != nullptr ? bytes.data : &nothing;
    // TypeScript's check of a length may be stale: code that V8 has optimised can see that of a detached array.
    if (bytes.shared) {
      input.copy.reset(new (std::nothrow) uint8_t[end - start + 1]);
      if (!check(index, input.copy != nullptr)) return false;
      if (end > start) memcpy(input.copy.get(), data + start, end - start);
      input.from = input.copy.get();
      input.to = input.readable_end = input.from + (end - start);
    } else {
      input.from = data + start;
      input.to = data + end;
      input.readable_end = data + bytes.length;
    }
    start_ = start;
    return true;
  }

  // Position of p in the caller's array.
  double position(const Input& input, const uint8_t* p) const { return static_cast<double>(start_ + static_cast<size_t>(p - input.from)); }

  bool check(size_t index, bool fine) {
    if (!fine && wrong_ == 0) wrong_ = -1 - static_cast<int>(index);
    return fine;
  }

  Napi::Value wrong() const { return Napi::Number::New(info_.Env(), wrong_); }

 private:
  const Napi::CallbackInfo& info_;
  uint64_t start_ = 0;
  int wrong_ = 0;
};

constexpr double kLargest = 9007199254740991;  // Number.MAX_SAFE_INTEGER

// Reads a state array; false if a slot holds what no framer puts there.
bool read_state(const double* slots, size_t out_length, size_t length_count, u8t::FrameOptions& options,
                u8t::FrameState& state) {
  for (size_t i = 0; i < u8t::kSlotCount; i++) {
    if (!(slots[i] >= 0 && slots[i] <= kLargest) || slots[i] != std::floor(slots[i])) return false;
  }
  if (slots[u8t::kSlotUnit] > 3 || slots[u8t::kSlotReservedPolicy] > 5 || slots[u8t::kSlotMode] > 2 ||
      slots[u8t::kSlotReason] > 8 || slots[u8t::kSlotMaxLength] > 0x7FFFFFFF ||
      slots[u8t::kSlotWritten] > static_cast<double>(out_length) ||
      slots[u8t::kSlotLengthCount] > static_cast<double>(length_count)) {
    return false;
  }
  // A document that is under way has used at least a byte of its source.
  if (slots[u8t::kSlotMode] == static_cast<double>(u8t::Mode::kInside) && slots[u8t::kSlotDocumentInput] == 0) return false;
  const auto whole = [&](u8t::Slot slot) { return static_cast<uint64_t>(slots[slot]); };
  options.unit = static_cast<u8t::Unit>(whole(u8t::kSlotUnit));
  options.reserved = static_cast<u8t::ReservedPolicy>(whole(u8t::kSlotReservedPolicy));
  options.bos = whole(u8t::kSlotBos) != 0;
  options.eos = whole(u8t::kSlotEos) != 0;
  options.replace_invalid = whole(u8t::kSlotReplaceInvalid) != 0;
  options.skip_empty = whole(u8t::kSlotSkipEmpty) != 0;
  options.max_length = whole(u8t::kSlotMaxLength);
  state.mode = static_cast<u8t::Mode>(whole(u8t::kSlotMode));
  state.document_input = whole(u8t::kSlotDocumentInput);
  state.document_output = whole(u8t::kSlotDocumentOutput);
  state.document = {whole(u8t::kSlotDocumentCodePoints), whole(u8t::kSlotDocumentReserved),
                    whole(u8t::kSlotDocumentReplaced)};
  state.terminator_length = whole(u8t::kSlotTerminatorLength);
  state.reason = static_cast<u8t::Reason>(whole(u8t::kSlotReason));
  state.error_offset = whole(u8t::kSlotErrorOffset);
  state.take_back = whole(u8t::kSlotTakeBack);
  state.documents = whole(u8t::kSlotDocuments);
  state.total = {whole(u8t::kSlotCodePoints), whole(u8t::kSlotReserved), whole(u8t::kSlotReplaced)};
  state.skipped_empty = whole(u8t::kSlotSkippedEmpty);
  state.crlf = whole(u8t::kSlotCrlf);
  state.blank_lines = whole(u8t::kSlotBlankLines);
  return true;
}

void write_state(double* slots, const u8t::FrameState& state) {
  const auto put = [&](u8t::Slot slot, uint64_t value) { slots[slot] = static_cast<double>(value); };
  put(u8t::kSlotMode, static_cast<uint64_t>(state.mode));
  put(u8t::kSlotDocumentInput, state.document_input);
  put(u8t::kSlotDocumentOutput, state.document_output);
  put(u8t::kSlotDocumentCodePoints, state.document.code_points);
  put(u8t::kSlotDocumentReserved, state.document.reserved);
  put(u8t::kSlotDocumentReplaced, state.document.replaced);
  put(u8t::kSlotTerminatorLength, state.terminator_length);
  put(u8t::kSlotReason, static_cast<uint64_t>(state.reason));
  put(u8t::kSlotErrorOffset, state.error_offset);
  put(u8t::kSlotTakeBack, state.take_back);
  put(u8t::kSlotDocuments, state.documents);
  put(u8t::kSlotCodePoints, state.total.code_points);
  put(u8t::kSlotReserved, state.total.reserved);
  put(u8t::kSlotReplaced, state.total.replaced);
  put(u8t::kSlotSkippedEmpty, state.skipped_empty);
  put(u8t::kSlotCrlf, state.crlf);
  put(u8t::kSlotBlankLines, state.blank_lines);
}

// frame(target, state, separator, input, start, end, final, output, lengths) and
// frameJsonl(target, state, path, input, start, end, final, output, lengths) → status.
Napi::Value frame(const Napi::CallbackInfo& info, bool jsonl) {
  Arguments arguments(info);
  u8t::Target target;
  View slots;
  View extra;
  Input input;
  bool final = false;
  View output;
  View lengths;
  if (!arguments.target(0, target) || !arguments.view(1, napi_float64_array, slots) ||
      !arguments.check(1, slots.length >= u8t::kSlotCount) || !arguments.view(2, napi_uint8_array, extra) ||
      !arguments.check(2, extra.length > 0) || !arguments.input(3, input) || !arguments.boolean(6, final) ||
      !arguments.view(7, napi_uint8_array, output) || !arguments.check(7, output.length >= u8t::kMinOutput) ||
      !arguments.view(8, napi_int32_array, lengths) || !arguments.check(8, lengths.length >= u8t::kMinLengths)) {
    return arguments.wrong();
  }
  // The caller's state and separator may be shared memory: each number is read once.
  double copy[u8t::kSlotCount];
  memcpy(copy, slots.data, sizeof copy);
  std::unique_ptr<uint8_t[]> separator(new (std::nothrow) uint8_t[extra.length]);
  if (!arguments.check(2, separator != nullptr)) return arguments.wrong();
  memcpy(separator.get(), extra.data, extra.length);

  u8t::FrameOptions options{};
  u8t::FrameState state{};
  if (!arguments.check(1, read_state(copy, output.length, lengths.length, options, state))) return arguments.wrong();
  options.separator = separator.get();
  options.separator_length = extra.length;
  int32_t* const lengths_begin = reinterpret_cast<int32_t*>(lengths.data);
  u8t::FrameCursor cursor{input.from,
                          input.to,
                          output.data,
                          output.data + static_cast<size_t>(copy[u8t::kSlotWritten]),
                          output.data + output.length,
                          lengths_begin + static_cast<size_t>(copy[u8t::kSlotLengthCount]),
                          lengths_begin + lengths.length};
  u8t::Status status;
  if (jsonl) {
    const u8t::JsonPath path{separator.get(), extra.length};
    if (!arguments.check(2, u8t::is_json_path(path))) return arguments.wrong();
    Environment* const environment = info.Env().GetInstanceData<Environment>();
    status = environment->jsonl.frame(target, options, path, state, cursor, final, input.readable_end);
  } else {
    status = u8t::frame(*u8t::kernels_for(target), options, state, cursor, final);
  }
  write_state(copy, state);
  copy[u8t::kSlotConsumed] = arguments.position(input, cursor.in);
  copy[u8t::kSlotWritten] = static_cast<double>(cursor.out - output.data);
  copy[u8t::kSlotLengthCount] = static_cast<double>(cursor.lengths - lengths_begin);
  memcpy(slots.data, copy, sizeof copy);
  return Napi::Number::New(info.Env(), static_cast<int>(status));
}

Napi::Value Frame(const Napi::CallbackInfo& info) { return frame(info, false); }
Napi::Value FrameJsonl(const Napi::CallbackInfo& info) { return frame(info, true); }

// findInvalid(target, bytes, start, end, result) → offset, or the length of `bytes` + 1 if all is well-formed;
// result receives the maximal subpart's length and the reason.
Napi::Value FindInvalid(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  u8t::Target target;
  Input input;
  View result;
  if (!arguments.target(0, target) || !arguments.input(1, input) || !arguments.view(4, napi_float64_array, result) ||
      !arguments.check(4, result.length >= 2)) {
    return arguments.wrong();
  }
  const u8t::Invalid invalid =
      u8t::find_invalid(*u8t::kernels_for(target), input.from, static_cast<size_t>(input.to - input.from));
  if (invalid.offset == u8t::kWellFormed) return Napi::Number::New(info.Env(), kLargest);
  const double found[2] = {static_cast<double>(invalid.length), static_cast<double>(invalid.reason)};
  memcpy(result.data, found, sizeof found);
  return Napi::Number::New(info.Env(), arguments.position(input, input.from + invalid.offset));
}

// crc32(target, bytes, start, end, previous) → CRC-32.
Napi::Value Crc32(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  u8t::Target target;
  Input input;
  uint64_t previous = 0;
  if (!arguments.target(0, target) || !arguments.input(1, input) || !arguments.number(4, 0xFFFFFFFF, previous)) {
    return arguments.wrong();
  }
  const uint32_t crc = ~u8t::kernels_for(target)->crc32(input.from, static_cast<size_t>(input.to - input.from),
                                                        ~static_cast<uint32_t>(previous));
  return Napi::Number::New(info.Env(), crc);
}

// census(target, bytes, start, end, counts) → offset of the first ill-formed sequence, as in findInvalid.
Napi::Value CensusOf(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  u8t::Target target;
  Input input;
  View counts;
  if (!arguments.target(0, target) || !arguments.input(1, input) || !arguments.view(4, napi_float64_array, counts) ||
      !arguments.check(4, counts.length >= u8t::kCensusSlotCount)) {
    return arguments.wrong();
  }
  u8t::Census census{};
  const size_t invalid =
      u8t::census(*u8t::kernels_for(target), input.from, static_cast<size_t>(input.to - input.from), census);
  double slots[u8t::kCensusSlotCount];
  memcpy(slots, counts.data, sizeof slots);
  slots[u8t::kCensusSlotCodePoints] += static_cast<double>(census.code_points);
  slots[u8t::kCensusSlotStx] += static_cast<double>(census.stx);
  slots[u8t::kCensusSlotEtx] += static_cast<double>(census.etx);
  slots[u8t::kCensusSlotEscapes] += static_cast<double>(census.escapes);
  slots[u8t::kCensusSlotStray] += static_cast<double>(census.stray);
  memcpy(counts.data, slots, sizeof slots);
  if (invalid == u8t::kWellFormed) return Napi::Number::New(info.Env(), kLargest);
  return Napi::Number::New(info.Env(), arguments.position(input, input.from + invalid));
}

// targets() → the names of the instruction sets that this processor has, best last.
Napi::Value Targets(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (size_t i = 0; i < u8t::kTargetCount; i++) {
    if (u8t::kernels_for(static_cast<u8t::Target>(i)) != nullptr) names.Set(count++, u8t::kTargetNames[i]);
  }
  return names;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Environment* const environment = new (std::nothrow) Environment;
  if (environment == nullptr) return exports;
  env.SetInstanceData(environment);
  exports.Set("frame", Napi::Function::New<Frame>(env, "frame"));
  exports.Set("frameJsonl", Napi::Function::New<FrameJsonl>(env, "frameJsonl"));
  exports.Set("findInvalid", Napi::Function::New<FindInvalid>(env, "findInvalid"));
  exports.Set("crc32", Napi::Function::New<Crc32>(env, "crc32"));
  exports.Set("census", Napi::Function::New<CensusOf>(env, "census"));
  exports.Set("targets", Napi::Function::New<Targets>(env, "targets"));
  return exports;
}

}  // namespace

NODE_API_MODULE(utf8_tokenizer, Init)
