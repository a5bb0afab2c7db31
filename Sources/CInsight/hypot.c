/* glibc 2.35 gave hypot a new symbol version, and a library that names it does not load on older systems, such as those
 * that most clusters run. Scripts/build-library directs the calls of the standard library's numerics here, to the
 * versions that every glibc has. */
#include <stdlib.h>

#if defined(__linux__) && defined(__x86_64__) && defined(__GLIBC__)

__asm__(".symver insight_old_hypot, hypot@GLIBC_2.2.5");
__asm__(".symver insight_old_hypotf, hypotf@GLIBC_2.2.5");
double insight_old_hypot(double x, double y);
float insight_old_hypotf(float x, float y);

double __wrap_hypot(double x, double y) { return insight_old_hypot(x, y); }
float __wrap_hypotf(float x, float y) { return insight_old_hypotf(x, y); }

#endif
