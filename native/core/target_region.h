// Marks the code between TARGET_BEGIN(...) and TARGET_END as compiled for an instruction set that the rest of the
// core may not assume. There is no per-file compiler flag, so that inline functions of shared headers, included in
// front of the region, never get instructions that a processor may not have.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#define U8T_X86_64 1
#else
#define U8T_X86_64 0
#endif
#if defined(__aarch64__) || defined(_M_ARM64)
#define U8T_ARM64 1
#else
#define U8T_ARM64 0
#endif

#define U8T_STRING(x) #x
#if defined(U8T_EMULATE_AVX512)
// Plain code stands in for the instructions: see native/test/emulated_avx512.h.
#define TARGET_BEGIN(features)
#define TARGET_END
#elif defined(__clang__)
#define TARGET_BEGIN(features) \
  _Pragma(U8T_STRING(clang attribute push(__attribute__((target(features))), apply_to = function)))
#define TARGET_END _Pragma("clang attribute pop")
#elif defined(__GNUC__)
#define TARGET_BEGIN(features) _Pragma("GCC push_options") _Pragma(U8T_STRING(GCC target(features)))
#define TARGET_END _Pragma("GCC pop_options")
#else
#error "the core needs GCC or Clang (clang-cl on Windows)"
#endif

#define U8T_INLINE inline __attribute__((always_inline))
// Behind a lambda's parameters: it runs inside the kernel that defines it, or not at all.
#define U8T_LAMBDA __attribute__((always_inline))
