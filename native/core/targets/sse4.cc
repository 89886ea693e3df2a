// The SSE4.2 target: the shared kernels over its vocabulary.
#include "../target_region.h"
#include "target_includes.h"

namespace u8t {
#if U8T_X86_64

TARGET_BEGIN("sse4.2,pclmul,popcnt")
namespace sse4 {
#include "../simd/sse4.h"
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
}  // namespace sse4
TARGET_END

const Kernels* const kSse4Kernels = &sse4::kKernels;
#else
const Kernels* const kSse4Kernels = nullptr;
#endif
}  // namespace u8t
