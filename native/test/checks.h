// One check for each function of the core: what a target makes of an input is what reference.h makes of it; where
// that has no word to say, what the scalar target makes of it. The tests sweep through inputs of their own
// (core_test.cc), libFuzzer looks for others (fuzz/).
//
// Input and output stand in memory of exactly their size, at the shifts that are asked for, so that whatever reads or
// writes outside of it meets AddressSanitizer.
#pragma once

#include <sanitizer/asan_interface.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <new>
#include <vector>

#include "frame.h"
#include "jsonl.h"
#include "kernels.h"
#include "reference.h"
#include "transcode.h"

namespace u8t_test {

using reference::Bytes;
using reference::Units;

// What is wrong, or nothing, and the first place where it is.
struct Difference {
  const char* what = nullptr;
  size_t at = 0;
};

// Bytes between a multiple of 64 and where memory begins; even ones for UTF-16.
struct Shifts {
  size_t in;
  size_t out;
};

// A number below n, out of dice or out of a fuzzer's input.
using Choose = std::function<size_t(size_t n)>;

Difference check_find_invalid(u8t::Target target, const Bytes& text, size_t shift);
Difference check_ascii_prefix(u8t::Target target, const Bytes& text, size_t shift);
Difference check_census(u8t::Target target, const Bytes& text, size_t shift);
Difference check_crc32(u8t::Target target, const Bytes& bytes, size_t shift, uint32_t before);

// In pieces and with outputs as `choose` says, against the scalar target with all of it at once.
Difference check_frame(u8t::Target target, const u8t::FrameOptions& options, const Bytes& input, const Choose& choose);
Difference check_jsonl(u8t::Target target, const u8t::FrameOptions& options, const u8t::JsonPath& path,
                       const Bytes& input, const Choose& choose);

// The functions of transcode.h. A text of UTF-16 stands at an even shift.
Difference check_utf16_to_utf8(u8t::Target target, const Units& text, size_t room, Shifts shifts);
Difference check_latin1_to_utf8(u8t::Target target, const Bytes& text, size_t room, Shifts shifts);
Difference check_utf8_length_of_utf16(u8t::Target target, const Units& text, size_t shift);
Difference check_utf8_length_of_latin1(u8t::Target target, const Bytes& text, size_t shift);
Difference check_find_zero(u8t::Target target, const Units& text, size_t shift);
Difference check_utf8_to_utf16(u8t::Target target, const Bytes& text, u8t::Malformed malformed, Shifts shifts);
Difference check_utf8_to_latin1(u8t::Target target, const Bytes& text, Shifts shifts);
Difference check_count_text(u8t::Target target, const Bytes& text, size_t shift);
// `text` may be ill-formed: then it is the scalar target that says what is right.
Difference check_sample_offsets(u8t::Target target, const Bytes& text, size_t every, size_t shift);

// Memory of `size` elements and not a byte more, `shift` bytes behind a multiple of 64.
template <typename T>
class Memory {
 public:
  Memory(size_t size, size_t shift)
      : shift_(shift), bytes_(size * sizeof(T)), memory_(static_cast<uint8_t*>(allocate(shift + bytes_ + kFence))) {
    if (kFence != 0) memset(memory_, kUntouched, shift + bytes_ + kFence);
    ASAN_POISON_MEMORY_REGION(memory_, shift);
  }
  Memory(const std::vector<T>& content, size_t shift) : Memory(content.size(), shift) {
    if (!content.empty()) memcpy(data(), content.data(), bytes_);
  }
  ~Memory() {
    ASAN_UNPOISON_MEMORY_REGION(memory_, shift_);
    ::operator delete(memory_, kAlignment);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  T* data() { return reinterpret_cast<T*>(memory_ + shift_); }
  T* end() { return data() + bytes_ / sizeof(T); }
  size_t size() const { return bytes_ / sizeof(T); }

  // Whether nothing was written around it. Asked where there is no sanitizer to tell.
  bool intact() const {
    if (kFence == 0) return true;
    for (size_t i = 0; i < shift_; i++) {
      if (memory_[i] != kUntouched) return false;
    }
    for (size_t i = 0; i < kFence; i++) {
      if (memory_[shift_ + bytes_ + i] != kUntouched) return false;
    }
    return true;
  }

 private:
#if defined(__SANITIZE_ADDRESS__)
  static constexpr size_t kFence = 0;
#elif defined(__has_feature)
  static constexpr size_t kFence = __has_feature(address_sanitizer) ? 0 : 64;
#else
  static constexpr size_t kFence = 64;
#endif
  static constexpr uint8_t kUntouched = 0xA5;
  static constexpr std::align_val_t kAlignment{64};
  static void* allocate(size_t size) { return ::operator new(size, kAlignment); }

  size_t shift_;
  size_t bytes_;
  uint8_t* memory_;
};

// Where two texts differ first; `what` if they do.
template <typename T>
Difference first_difference(const char* what, const std::vector<T>& expected, const T* actual, size_t length) {
  size_t at = 0;
  while (at < expected.size() && at < length && expected[at] == actual[at]) at++;
  return at == expected.size() && at == length ? Difference{} : Difference{what, at};
}

}  // namespace u8t_test
