// The functions over bytes: framing, validation, checksum, census.
#include "arguments.h"

namespace u8t_addon {
namespace {

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

// frame(state, separator, input, start, end, final, output, lengths) and
// frameJsonl(state, path, input, start, end, final, output, lengths) → status.
Napi::Value frame(const Napi::CallbackInfo& info, bool jsonl) {
  Arguments arguments(info);
  View slots;
  View extra;
  Input input;
  bool final = false;
  View output;
  View lengths;
  if (!arguments.view(0, napi_float64_array, slots) || !arguments.check(0, slots.length >= u8t::kSlotCount) ||
      !arguments.view(1, napi_uint8_array, extra) || !arguments.check(1, extra.length > 0) ||
      !arguments.input(2, input) || !arguments.boolean(5, final) || !arguments.view(6, napi_uint8_array, output) ||
      !arguments.check(6, output.length >= u8t::kMinOutput) || !arguments.view(7, napi_int32_array, lengths) ||
      !arguments.check(7, lengths.length >= u8t::kMinLengths)) {
    return arguments.wrong();
  }
  // The caller's state and separator may be shared memory: each number is read once.
  double copy[u8t::kSlotCount];
  memcpy(copy, slots.data, sizeof copy);
  std::unique_ptr<uint8_t[]> separator(new (std::nothrow) uint8_t[extra.length]);
  if (!arguments.check(1, separator != nullptr)) return arguments.wrong();
  memcpy(separator.get(), extra.data, extra.length);

  u8t::FrameOptions options{};
  u8t::FrameState state{};
  if (!arguments.check(0, read_state(copy, output.length, lengths.length, options, state))) return arguments.wrong();
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
    if (!arguments.check(1, u8t::is_json_path(path))) return arguments.wrong();
    status = arguments.environment().jsonl.frame(arguments.target(), options, path, state, cursor, final,
                                                 input.readable_end);
  } else {
    status = u8t::frame(arguments.kernels(), options, state, cursor, final);
  }
  write_state(copy, state);
  copy[u8t::kSlotConsumed] = arguments.position(input, cursor.in);
  copy[u8t::kSlotWritten] = static_cast<double>(cursor.out - output.data);
  copy[u8t::kSlotLengthCount] = static_cast<double>(cursor.lengths - lengths_begin);
  memcpy(slots.data, copy, sizeof copy);
  return arguments.answer(static_cast<int>(status));
}

Napi::Value Frame(const Napi::CallbackInfo& info) { return frame(info, false); }
Napi::Value FrameJsonl(const Napi::CallbackInfo& info) { return frame(info, true); }

// findInvalid(bytes, start, end, result) → offset, or more than `end` if all is well-formed; result receives the maximal
// subpart's length and the reason.
Napi::Value FindInvalid(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Input input;
  View result;
  if (!arguments.input(0, input) || !arguments.view(3, napi_float64_array, result) ||
      !arguments.check(3, result.length >= 2)) {
    return arguments.wrong();
  }
  const u8t::Invalid invalid = u8t::find_invalid(arguments.kernels(), input.from, input.size());
  if (invalid.offset == u8t::kWellFormed) return arguments.answer(kLargest);
  const double found[2] = {static_cast<double>(invalid.length), static_cast<double>(invalid.reason)};
  memcpy(result.data, found, sizeof found);
  return arguments.answer(arguments.position(input, input.from + invalid.offset));
}

// crc32(bytes, start, end, previous) → CRC-32.
Napi::Value Crc32(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Input input;
  uint64_t previous = 0;
  if (!arguments.input(0, input) || !arguments.number(3, 0xFFFFFFFF, previous)) return arguments.wrong();
  return arguments.answer(~arguments.kernels().crc32(input.from, input.size(), ~static_cast<uint32_t>(previous)));
}

// census(bytes, start, end, counts) → offset of the first ill-formed sequence, as in findInvalid.
Napi::Value CensusOf(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Input input;
  View counts;
  if (!arguments.input(0, input) || !arguments.view(3, napi_float64_array, counts) ||
      !arguments.check(3, counts.length >= u8t::kCensusSlotCount)) {
    return arguments.wrong();
  }
  u8t::Census census{};
  const size_t invalid = u8t::census(arguments.kernels(), input.from, input.size(), census);
  double slots[u8t::kCensusSlotCount];
  memcpy(slots, counts.data, sizeof slots);
  slots[u8t::kCensusSlotCodePoints] += static_cast<double>(census.code_points);
  slots[u8t::kCensusSlotStx] += static_cast<double>(census.stx);
  slots[u8t::kCensusSlotEtx] += static_cast<double>(census.etx);
  slots[u8t::kCensusSlotEscapes] += static_cast<double>(census.escapes);
  slots[u8t::kCensusSlotStray] += static_cast<double>(census.stray);
  memcpy(counts.data, slots, sizeof slots);
  if (invalid == u8t::kWellFormed) return arguments.answer(kLargest);
  return arguments.answer(arguments.position(input, input.from + invalid));
}

}  // namespace

void add_byte_functions(Napi::Object exports, Bound* bound) {
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(exports.Env(), function, name, bound));
  };
  add("frame", Frame);
  add("frameJsonl", FrameJsonl);
  add("findInvalid", FindInvalid);
  add("crc32", Crc32);
  add("census", CensusOf);
}

}  // namespace u8t_addon
