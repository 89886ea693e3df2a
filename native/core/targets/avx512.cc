// The AVX-512 target: the shared kernels over its vocabulary.
#include "../target_region.h"
#include "target_includes.h"

namespace u8t {
#if U8T_X86_64

TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,vpclmulqdq,pclmul,avx2,bmi,bmi2,lzcnt,popcnt")
namespace avx512 {
#include "../simd/avx512.h"
#include "../kernels/block.inl.h"
#include "../kernels/utf8_vbmi.inl.h"
#include "../kernels/validate.inl.h"
#include "../kernels/census.inl.h"
#include "../kernels/frame.inl.h"
#include "../kernels/to_utf8.inl.h"
#include "../kernels/from_utf8.inl.h"
#include "../kernels/crc32_clmul.inl.h"
#include "../kernels/crc32_vclmul.inl.h"
constexpr Kernels kKernels{valid_prefix, ascii_prefix, frame_blocks, census_blocks, crc32_vclmul,
                           utf16_to_utf8, latin1_to_utf8, find_zero, utf8_length_of_utf16, utf8_length_of_latin1,
                           utf8_to_utf16, utf8_to_latin1, count_text, count_starts};
}  // namespace avx512
TARGET_END

const Kernels* const kAvx512Kernels = &avx512::kKernels;
#else
const Kernels* const kAvx512Kernels = nullptr;
#endif
}  // namespace u8t
