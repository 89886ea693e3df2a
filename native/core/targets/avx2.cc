// The AVX2 target: the shared kernels over its vocabulary.
#include "../target_region.h"
#include "target_includes.h"

namespace u8t {
#if U8T_X86_64

TARGET_BEGIN("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")
namespace avx2 {
#include "../simd/avx2.h"
#include "../kernels/block.inl.h"
#include "../kernels/utf8.inl.h"
#include "../kernels/validate.inl.h"
#include "../kernels/census.inl.h"
#include "../kernels/frame.inl.h"
#include "../kernels/to_utf8.inl.h"
#include "../kernels/from_utf8.inl.h"
#include "../kernels/crc32_clmul.inl.h"
constexpr Kernels kKernels{valid_prefix, ascii_prefix, frame_blocks, census_blocks, crc32_clmul,
                           utf16_to_utf8, latin1_to_utf8, find_zero, utf8_length_of_utf16, utf8_length_of_latin1,
                           utf8_to_utf16, utf8_to_latin1, count_text, count_starts};
}  // namespace avx2
TARGET_END

const Kernels* const kAvx2Kernels = &avx2::kKernels;
#else
const Kernels* const kAvx2Kernels = nullptr;
#endif
}  // namespace u8t
