// What the functions of the addon have in common: which kernels they run on, and the checks of their arguments.
//
// All of it is synchronous and keeps nothing of the caller's memory, so that no buffer can be detached or resized under
// it; memory that other threads may write (SharedArrayBuffer) is copied first, so that what was checked is what is used.
// No algorithm, no Error and no call of user JavaScript here or in what includes this.
//
// A wrong argument gives a negative number, -1 - (the argument's index); lib/engine/native.ts checks before and makes
// the error that people read.
#pragma once

#include <napi.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "../core/jsonl.h"
#include "../core/kernels.h"
#include "../core/validate.h"

namespace u8t_addon {

struct Environment;

// What a function is made for: an instruction set, in one environment (main thread, worker).
struct Bound {
  u8t::Target target;
  const u8t::Kernels* kernels;
  Environment* environment;
};

// Memory for a call to work in, kept for the next one unless it is large.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { free(memory_); }

  // At least `size` bytes, or null. What was there before is lost.
  void* take(size_t size) {
    if (size > size_) {
      free(memory_);
      memory_ = malloc(size);
      size_ = memory_ != nullptr ? size : 0;
    }
    return memory_;
  }

  // After a call: what is larger than `most` goes back.
  void keep(size_t most) {
    if (size_ <= most) return;
    free(memory_);
    memory_ = nullptr;
    size_ = 0;
  }

 private:
  void* memory_ = nullptr;
  size_t size_ = 0;
};

// The most code units of a string that a call takes: TypeScript hands over a longer one in pieces.
inline constexpr size_t kMaxUnits = 1 << 16;

// What each environment has of its own.
struct Environment {
  Bound bounds[u8t::kTargetCount];
  u8t::JsonlReader jsonl;
  Scratch decoded;
  // Room for the terminating zero, and to tell that a string is too long.
  char16_t units[kMaxUnits + 2];
};

// A typed array's memory at this moment.
struct View {
  napi_typedarray_type type = napi_uint8_array;
  uint8_t* data = nullptr;
  size_t length = 0;  // elements
  bool shared = false;
};

// input[start, end), copied if it is shared.
struct Input {
  const uint8_t* from = nullptr;
  const uint8_t* to = nullptr;
  const uint8_t* readable_end = nullptr;
  std::unique_ptr<uint8_t[]> copy;

  size_t size() const { return static_cast<size_t>(to - from); }
};

// The units of a string, in the environment's memory.
struct Text {
  const char16_t* units = nullptr;
  size_t length = 0;
};

// The arguments of one call, by index; the first that is wrong is remembered.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info), bound_(static_cast<Bound*>(info.Data())) {}

  const u8t::Kernels& kernels() const { return *bound_->kernels; }
  u8t::Target target() const { return bound_->target; }
  Environment& environment() const { return *bound_->environment; }

  bool view(size_t index, View& view);
  bool view(size_t index, napi_typedarray_type type, View& view);
  // The three arguments bytes, start, end.
  bool input(size_t index, Input& input);
  // A string of at most kMaxUnits.
  bool text(size_t index, Text& text);
  // A whole number from 0 to `most`.
  bool number(size_t index, double most, uint64_t& number);
  bool boolean(size_t index, bool& value) {
    return check(index, napi_get_value_bool(info_.Env(), info_[index], &value) == napi_ok);
  }

  bool check(size_t index, bool fine) {
    if (!fine && wrong_ == 0) wrong_ = -1 - static_cast<int>(index);
    return fine;
  }
  Napi::Value wrong() const { return Napi::Number::New(info_.Env(), wrong_); }

  // Position of p in the caller's array.
  double position(const Input& input, const uint8_t* p) const {
    return static_cast<double>(start_ + static_cast<size_t>(p - input.from));
  }
  Napi::Value answer(double number) const { return Napi::Number::New(info_.Env(), number); }

 private:
  const Napi::CallbackInfo& info_;
  Bound* const bound_;
  uint64_t start_ = 0;
  int wrong_ = 0;
};

inline constexpr double kLargest = 9007199254740991;  // Number.MAX_SAFE_INTEGER

// Adds the functions of bytes.cc, text.cc and tokens.cc to `exports`, made for `bound`.
void add_byte_functions(Napi::Object exports, Bound* bound);
void add_text_functions(Napi::Object exports, Bound* bound);
void add_token_functions(Napi::Object exports, Bound* bound);

}  // namespace u8t_addon
