//! The instructions that can be widened, in one closed table: what is not in it, is not.
//!
//! A row says that an instruction does in each lane what it does in every other. The same instruction on wider registers
//! then does to each slice of 128 bits what the narrow one did; nothing else has to be known about it.

use iced_x86::Code;

/// What becomes of an instruction when registers get wider: its forms for 128 and 256 bits (VEX) and for 512 (EVEX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The same on every lane.
    Lanes([Code; 3]),
    /// Copies the first lane of its source, which stays as narrow as it is, to all lanes.
    Broadcast([Code; 3]),
    /// A comparison: lanes of ones or zeros. With EVEX it goes to a mask register, and from there to lanes.
    Compare([Code; 3], Lane),
    /// Takes lanes of one of two operands, by the highest bit of each lane of a third; with EVEX by a mask register.
    Blend([Code; 3], Lane),
    /// A single element, whatever the width: it stays as it is.
    Scalar,
}

/// What one bit of a mask stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Byte,
    Four,
    Eight,
}

/// Each row begins with the form for 128 bits, then others that become the same: legacy encodings, which leave the rest
/// of a register as it was, and forms that want an aligned address.
macro_rules! rows {
    ($($narrow:ident $(| $same:ident)* => $row:ident($ymm:ident $zmm:ident) $($lane:ident)?;)*) => {
        /// The row of an instruction that names a vector register; `None` if it is not known.
        pub fn row(code: Code) -> Option<Row> {
            match code {
                $(Code::$narrow $(| Code::$same)* => {
                    Some(Row::$row([Code::$narrow, Code::$ymm, Code::$zmm] $(, Lane::$lane)?))
                })*
                _ if SCALAR.contains(&code) => Some(Row::Scalar),
                _ => None,
            }
        }

        #[cfg(test)]
        pub const NARROW: &[Code] = &[$(Code::$narrow $(, Code::$same)*),*];
    };
}

rows! {
    // Moves.
    VEX_Vmovups_xmm_xmmm128
        | VEX_Vmovaps_xmm_xmmm128
        | Movups_xmm_xmmm128
        | Movaps_xmm_xmmm128
        => Lanes(VEX_Vmovups_ymm_ymmm256 EVEX_Vmovups_zmm_k1z_zmmm512);
    VEX_Vmovups_xmmm128_xmm
        | VEX_Vmovaps_xmmm128_xmm
        | Movups_xmmm128_xmm
        | Movaps_xmmm128_xmm
        => Lanes(VEX_Vmovups_ymmm256_ymm EVEX_Vmovups_zmmm512_k1z_zmm);
    VEX_Vmovupd_xmm_xmmm128
        | VEX_Vmovapd_xmm_xmmm128
        | Movupd_xmm_xmmm128
        | Movapd_xmm_xmmm128
        => Lanes(VEX_Vmovupd_ymm_ymmm256 EVEX_Vmovupd_zmm_k1z_zmmm512);
    VEX_Vmovupd_xmmm128_xmm
        | VEX_Vmovapd_xmmm128_xmm
        | Movupd_xmmm128_xmm
        | Movapd_xmmm128_xmm
        => Lanes(VEX_Vmovupd_ymmm256_ymm EVEX_Vmovupd_zmmm512_k1z_zmm);
    VEX_Vmovdqu_xmm_xmmm128
        | VEX_Vmovdqa_xmm_xmmm128
        | Movdqu_xmm_xmmm128
        | Movdqa_xmm_xmmm128
        => Lanes(VEX_Vmovdqu_ymm_ymmm256 EVEX_Vmovdqu64_zmm_k1z_zmmm512);
    VEX_Vmovdqu_xmmm128_xmm
        | VEX_Vmovdqa_xmmm128_xmm
        | Movdqu_xmmm128_xmm
        | Movdqa_xmmm128_xmm
        => Lanes(VEX_Vmovdqu_ymmm256_ymm EVEX_Vmovdqu64_zmmm512_k1z_zmm);
    // Arithmetic of floats.
    VEX_Vaddps_xmm_xmm_xmmm128 => Lanes(VEX_Vaddps_ymm_ymm_ymmm256 EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vaddpd_xmm_xmm_xmmm128 => Lanes(VEX_Vaddpd_ymm_ymm_ymmm256 EVEX_Vaddpd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vsubps_xmm_xmm_xmmm128 => Lanes(VEX_Vsubps_ymm_ymm_ymmm256 EVEX_Vsubps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vsubpd_xmm_xmm_xmmm128 => Lanes(VEX_Vsubpd_ymm_ymm_ymmm256 EVEX_Vsubpd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vmulps_xmm_xmm_xmmm128 => Lanes(VEX_Vmulps_ymm_ymm_ymmm256 EVEX_Vmulps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vmulpd_xmm_xmm_xmmm128 => Lanes(VEX_Vmulpd_ymm_ymm_ymmm256 EVEX_Vmulpd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vdivps_xmm_xmm_xmmm128 => Lanes(VEX_Vdivps_ymm_ymm_ymmm256 EVEX_Vdivps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vdivpd_xmm_xmm_xmmm128 => Lanes(VEX_Vdivpd_ymm_ymm_ymmm256 EVEX_Vdivpd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vminps_xmm_xmm_xmmm128 => Lanes(VEX_Vminps_ymm_ymm_ymmm256 EVEX_Vminps_zmm_k1z_zmm_zmmm512b32_sae);
    VEX_Vminpd_xmm_xmm_xmmm128 => Lanes(VEX_Vminpd_ymm_ymm_ymmm256 EVEX_Vminpd_zmm_k1z_zmm_zmmm512b64_sae);
    VEX_Vmaxps_xmm_xmm_xmmm128 => Lanes(VEX_Vmaxps_ymm_ymm_ymmm256 EVEX_Vmaxps_zmm_k1z_zmm_zmmm512b32_sae);
    VEX_Vmaxpd_xmm_xmm_xmmm128 => Lanes(VEX_Vmaxpd_ymm_ymm_ymmm256 EVEX_Vmaxpd_zmm_k1z_zmm_zmmm512b64_sae);
    VEX_Vsqrtps_xmm_xmmm128 => Lanes(VEX_Vsqrtps_ymm_ymmm256 EVEX_Vsqrtps_zmm_k1z_zmmm512b32_er);
    VEX_Vsqrtpd_xmm_xmmm128 => Lanes(VEX_Vsqrtpd_ymm_ymmm256 EVEX_Vsqrtpd_zmm_k1z_zmmm512b64_er);
    VEX_Vroundps_xmm_xmmm128_imm8 => Lanes(VEX_Vroundps_ymm_ymmm256_imm8 EVEX_Vrndscaleps_zmm_k1z_zmmm512b32_imm8_sae);
    VEX_Vroundpd_xmm_xmmm128_imm8 => Lanes(VEX_Vroundpd_ymm_ymmm256_imm8 EVEX_Vrndscalepd_zmm_k1z_zmmm512b64_imm8_sae);
    VEX_Vfmadd132ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmadd132ps_ymm_ymm_ymmm256 EVEX_Vfmadd132ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfmadd132pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmadd132pd_ymm_ymm_ymmm256 EVEX_Vfmadd132pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfmadd213ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmadd213ps_ymm_ymm_ymmm256 EVEX_Vfmadd213ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfmadd213pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmadd213pd_ymm_ymm_ymmm256 EVEX_Vfmadd213pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfmadd231ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmadd231ps_ymm_ymm_ymmm256 EVEX_Vfmadd231ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfmadd231pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmadd231pd_ymm_ymm_ymmm256 EVEX_Vfmadd231pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfmsub132ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmsub132ps_ymm_ymm_ymmm256 EVEX_Vfmsub132ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfmsub132pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmsub132pd_ymm_ymm_ymmm256 EVEX_Vfmsub132pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfmsub213ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmsub213ps_ymm_ymm_ymmm256 EVEX_Vfmsub213ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfmsub213pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmsub213pd_ymm_ymm_ymmm256 EVEX_Vfmsub213pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfmsub231ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmsub231ps_ymm_ymm_ymmm256 EVEX_Vfmsub231ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfmsub231pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfmsub231pd_ymm_ymm_ymmm256 EVEX_Vfmsub231pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfnmadd132ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmadd132ps_ymm_ymm_ymmm256 EVEX_Vfnmadd132ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfnmadd132pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmadd132pd_ymm_ymm_ymmm256 EVEX_Vfnmadd132pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfnmadd213ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmadd213ps_ymm_ymm_ymmm256 EVEX_Vfnmadd213ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfnmadd213pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmadd213pd_ymm_ymm_ymmm256 EVEX_Vfnmadd213pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfnmadd231ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmadd231ps_ymm_ymm_ymmm256 EVEX_Vfnmadd231ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfnmadd231pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmadd231pd_ymm_ymm_ymmm256 EVEX_Vfnmadd231pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfnmsub132ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmsub132ps_ymm_ymm_ymmm256 EVEX_Vfnmsub132ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfnmsub132pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmsub132pd_ymm_ymm_ymmm256 EVEX_Vfnmsub132pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfnmsub213ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmsub213ps_ymm_ymm_ymmm256 EVEX_Vfnmsub213ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfnmsub213pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmsub213pd_ymm_ymm_ymmm256 EVEX_Vfnmsub213pd_zmm_k1z_zmm_zmmm512b64_er);
    VEX_Vfnmsub231ps_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmsub231ps_ymm_ymm_ymmm256 EVEX_Vfnmsub231ps_zmm_k1z_zmm_zmmm512b32_er);
    VEX_Vfnmsub231pd_xmm_xmm_xmmm128
        => Lanes(VEX_Vfnmsub231pd_ymm_ymm_ymmm256 EVEX_Vfnmsub231pd_zmm_k1z_zmm_zmmm512b64_er);
    // Logic.
    VEX_Vandps_xmm_xmm_xmmm128 => Lanes(VEX_Vandps_ymm_ymm_ymmm256 EVEX_Vandps_zmm_k1z_zmm_zmmm512b32);
    VEX_Vandpd_xmm_xmm_xmmm128 => Lanes(VEX_Vandpd_ymm_ymm_ymmm256 EVEX_Vandpd_zmm_k1z_zmm_zmmm512b64);
    VEX_Vpand_xmm_xmm_xmmm128 => Lanes(VEX_Vpand_ymm_ymm_ymmm256 EVEX_Vpandq_zmm_k1z_zmm_zmmm512b64);
    VEX_Vandnps_xmm_xmm_xmmm128 => Lanes(VEX_Vandnps_ymm_ymm_ymmm256 EVEX_Vandnps_zmm_k1z_zmm_zmmm512b32);
    VEX_Vandnpd_xmm_xmm_xmmm128 => Lanes(VEX_Vandnpd_ymm_ymm_ymmm256 EVEX_Vandnpd_zmm_k1z_zmm_zmmm512b64);
    VEX_Vpandn_xmm_xmm_xmmm128 => Lanes(VEX_Vpandn_ymm_ymm_ymmm256 EVEX_Vpandnq_zmm_k1z_zmm_zmmm512b64);
    VEX_Vorps_xmm_xmm_xmmm128 => Lanes(VEX_Vorps_ymm_ymm_ymmm256 EVEX_Vorps_zmm_k1z_zmm_zmmm512b32);
    VEX_Vorpd_xmm_xmm_xmmm128 => Lanes(VEX_Vorpd_ymm_ymm_ymmm256 EVEX_Vorpd_zmm_k1z_zmm_zmmm512b64);
    VEX_Vpor_xmm_xmm_xmmm128 => Lanes(VEX_Vpor_ymm_ymm_ymmm256 EVEX_Vporq_zmm_k1z_zmm_zmmm512b64);
    VEX_Vxorps_xmm_xmm_xmmm128 => Lanes(VEX_Vxorps_ymm_ymm_ymmm256 EVEX_Vxorps_zmm_k1z_zmm_zmmm512b32);
    VEX_Vxorpd_xmm_xmm_xmmm128 => Lanes(VEX_Vxorpd_ymm_ymm_ymmm256 EVEX_Vxorpd_zmm_k1z_zmm_zmmm512b64);
    VEX_Vpxor_xmm_xmm_xmmm128 => Lanes(VEX_Vpxor_ymm_ymm_ymmm256 EVEX_Vpxorq_zmm_k1z_zmm_zmmm512b64);
    // Arithmetic of integers, and shifts by a constant.
    VEX_Vpaddd_xmm_xmm_xmmm128 => Lanes(VEX_Vpaddd_ymm_ymm_ymmm256 EVEX_Vpaddd_zmm_k1z_zmm_zmmm512b32);
    VEX_Vpaddq_xmm_xmm_xmmm128 => Lanes(VEX_Vpaddq_ymm_ymm_ymmm256 EVEX_Vpaddq_zmm_k1z_zmm_zmmm512b64);
    VEX_Vpsubd_xmm_xmm_xmmm128 => Lanes(VEX_Vpsubd_ymm_ymm_ymmm256 EVEX_Vpsubd_zmm_k1z_zmm_zmmm512b32);
    VEX_Vpsubq_xmm_xmm_xmmm128 => Lanes(VEX_Vpsubq_ymm_ymm_ymmm256 EVEX_Vpsubq_zmm_k1z_zmm_zmmm512b64);
    VEX_Vpmuludq_xmm_xmm_xmmm128 => Lanes(VEX_Vpmuludq_ymm_ymm_ymmm256 EVEX_Vpmuludq_zmm_k1z_zmm_zmmm512b64);
    VEX_Vpslld_xmm_xmm_imm8 => Lanes(VEX_Vpslld_ymm_ymm_imm8 EVEX_Vpslld_zmm_k1z_zmmm512b32_imm8);
    VEX_Vpsllq_xmm_xmm_imm8 => Lanes(VEX_Vpsllq_ymm_ymm_imm8 EVEX_Vpsllq_zmm_k1z_zmmm512b64_imm8);
    VEX_Vpsrld_xmm_xmm_imm8 => Lanes(VEX_Vpsrld_ymm_ymm_imm8 EVEX_Vpsrld_zmm_k1z_zmmm512b32_imm8);
    VEX_Vpsrlq_xmm_xmm_imm8 => Lanes(VEX_Vpsrlq_ymm_ymm_imm8 EVEX_Vpsrlq_zmm_k1z_zmmm512b64_imm8);
    VEX_Vpsrad_xmm_xmm_imm8 => Lanes(VEX_Vpsrad_ymm_ymm_imm8 EVEX_Vpsrad_zmm_k1z_zmmm512b32_imm8);
    // One element to all lanes; `vpshufd` only where it does just that.
    VEX_Vbroadcastss_xmm_m32 => Broadcast(VEX_Vbroadcastss_ymm_m32 EVEX_Vbroadcastss_zmm_k1z_xmmm32);
    VEX_Vbroadcastss_xmm_xmm => Broadcast(VEX_Vbroadcastss_ymm_xmm EVEX_Vbroadcastss_zmm_k1z_xmmm32);
    VEX_Vmovddup_xmm_xmmm64 => Broadcast(VEX_Vpbroadcastq_ymm_xmmm64 EVEX_Vpbroadcastq_zmm_k1z_xmmm64);
    VEX_Vpbroadcastd_xmm_xmmm32 => Broadcast(VEX_Vpbroadcastd_ymm_xmmm32 EVEX_Vpbroadcastd_zmm_k1z_xmmm32);
    VEX_Vpbroadcastq_xmm_xmmm64 => Broadcast(VEX_Vpbroadcastq_ymm_xmmm64 EVEX_Vpbroadcastq_zmm_k1z_xmmm64);
    VEX_Vpshufd_xmm_xmmm128_imm8 => Broadcast(VEX_Vpbroadcastq_ymm_xmmm64 EVEX_Vpbroadcastq_zmm_k1z_xmmm64);
    // Comparisons, and what is chosen by them.
    VEX_Vcmpps_xmm_xmm_xmmm128_imm8
        => Compare(VEX_Vcmpps_ymm_ymm_ymmm256_imm8 EVEX_Vcmpps_kr_k1_zmm_zmmm512b32_imm8_sae) Four;
    VEX_Vcmppd_xmm_xmm_xmmm128_imm8
        => Compare(VEX_Vcmppd_ymm_ymm_ymmm256_imm8 EVEX_Vcmppd_kr_k1_zmm_zmmm512b64_imm8_sae) Eight;
    VEX_Vpcmpeqd_xmm_xmm_xmmm128 => Compare(VEX_Vpcmpeqd_ymm_ymm_ymmm256 EVEX_Vpcmpeqd_kr_k1_zmm_zmmm512b32) Four;
    VEX_Vpcmpeqq_xmm_xmm_xmmm128 => Compare(VEX_Vpcmpeqq_ymm_ymm_ymmm256 EVEX_Vpcmpeqq_kr_k1_zmm_zmmm512b64) Eight;
    VEX_Vpcmpgtd_xmm_xmm_xmmm128 => Compare(VEX_Vpcmpgtd_ymm_ymm_ymmm256 EVEX_Vpcmpgtd_kr_k1_zmm_zmmm512b32) Four;
    VEX_Vpcmpgtq_xmm_xmm_xmmm128 => Compare(VEX_Vpcmpgtq_ymm_ymm_ymmm256 EVEX_Vpcmpgtq_kr_k1_zmm_zmmm512b64) Eight;
    VEX_Vblendvps_xmm_xmm_xmmm128_xmm
        => Blend(VEX_Vblendvps_ymm_ymm_ymmm256_ymm EVEX_Vblendmps_zmm_k1z_zmm_zmmm512b32) Four;
    VEX_Vblendvpd_xmm_xmm_xmmm128_xmm
        => Blend(VEX_Vblendvpd_ymm_ymm_ymmm256_ymm EVEX_Vblendmpd_zmm_k1z_zmm_zmmm512b64) Eight;
    VEX_Vpblendvb_xmm_xmm_xmmm128_xmm
        => Blend(VEX_Vpblendvb_ymm_ymm_ymmm256_ymm EVEX_Vpblendmb_zmm_k1z_zmm_zmmm512) Byte;
}

/// Instructions on one element.
const SCALAR: &[Code] = &[
    Code::VEX_Vmovss_xmm_m32,
    Code::VEX_Vmovss_m32_xmm,
    Code::VEX_Vaddss_xmm_xmm_xmmm32,
    Code::VEX_Vsubss_xmm_xmm_xmmm32,
    Code::VEX_Vmulss_xmm_xmm_xmmm32,
    Code::VEX_Vdivss_xmm_xmm_xmmm32,
    Code::VEX_Vminss_xmm_xmm_xmmm32,
    Code::VEX_Vmaxss_xmm_xmm_xmmm32,
    Code::VEX_Vsqrtss_xmm_xmm_xmmm32,
    Code::VEX_Vroundss_xmm_xmm_xmmm32_imm8,
    Code::VEX_Vucomiss_xmm_xmmm32,
    Code::VEX_Vfmadd132ss_xmm_xmm_xmmm32,
    Code::VEX_Vfmadd213ss_xmm_xmm_xmmm32,
    Code::VEX_Vfmadd231ss_xmm_xmm_xmmm32,
    Code::VEX_Vfmsub132ss_xmm_xmm_xmmm32,
    Code::VEX_Vfmsub213ss_xmm_xmm_xmmm32,
    Code::VEX_Vfmsub231ss_xmm_xmm_xmmm32,
    Code::VEX_Vfnmadd132ss_xmm_xmm_xmmm32,
    Code::VEX_Vfnmadd213ss_xmm_xmm_xmmm32,
    Code::VEX_Vfnmadd231ss_xmm_xmm_xmmm32,
    Code::VEX_Vfnmsub132ss_xmm_xmm_xmmm32,
    Code::VEX_Vfnmsub213ss_xmm_xmm_xmmm32,
    Code::VEX_Vfnmsub231ss_xmm_xmm_xmmm32,
    Code::VEX_Vcvtsi2ss_xmm_xmm_rm32,
    Code::VEX_Vmovsd_xmm_m64,
    Code::VEX_Vmovsd_m64_xmm,
    Code::VEX_Vaddsd_xmm_xmm_xmmm64,
    Code::VEX_Vsubsd_xmm_xmm_xmmm64,
    Code::VEX_Vmulsd_xmm_xmm_xmmm64,
    Code::VEX_Vdivsd_xmm_xmm_xmmm64,
    Code::VEX_Vminsd_xmm_xmm_xmmm64,
    Code::VEX_Vmaxsd_xmm_xmm_xmmm64,
    Code::VEX_Vsqrtsd_xmm_xmm_xmmm64,
    Code::VEX_Vroundsd_xmm_xmm_xmmm64_imm8,
    Code::VEX_Vucomisd_xmm_xmmm64,
    Code::VEX_Vfmadd132sd_xmm_xmm_xmmm64,
    Code::VEX_Vfmadd213sd_xmm_xmm_xmmm64,
    Code::VEX_Vfmadd231sd_xmm_xmm_xmmm64,
    Code::VEX_Vfmsub132sd_xmm_xmm_xmmm64,
    Code::VEX_Vfmsub213sd_xmm_xmm_xmmm64,
    Code::VEX_Vfmsub231sd_xmm_xmm_xmmm64,
    Code::VEX_Vfnmadd132sd_xmm_xmm_xmmm64,
    Code::VEX_Vfnmadd213sd_xmm_xmm_xmmm64,
    Code::VEX_Vfnmadd231sd_xmm_xmm_xmmm64,
    Code::VEX_Vfnmsub132sd_xmm_xmm_xmmm64,
    Code::VEX_Vfnmsub213sd_xmm_xmm_xmmm64,
    Code::VEX_Vfnmsub231sd_xmm_xmm_xmmm64,
    Code::VEX_Vcvtsi2sd_xmm_xmm_rm32,
    Code::VEX_Vmovd_xmm_rm32,
    Code::VEX_Vmovd_rm32_xmm,
    Code::VEX_Vmovq_xmm_rm64,
    Code::VEX_Vmovq_rm64_xmm,
];
