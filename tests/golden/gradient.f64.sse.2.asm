    0:  push rbp
    1:  mov rbp,rsp
    4:  mov rax,[rdi+8]
    8:  mov rcx,[rdi+10h]
    c:  mov rdx,[rdi+18h]
   10:  mov rsi,[rdi+20h]
   14:  mov rdi,[rdi]
   17:  vxorpd xmm0,xmm0,xmm0
   1b:  vpshufd xmm0,xmm0,44h
   20:  mov r8,rdi
   23:  shr r8,8
   27:  imul r9,r8,80h
   2e:  xor r8,r8
   31:  add r9,0FFFFFFFFFFFFFFE1h
   38:  cmp r8,r9
   3b:  jl 129h
   41:  mov r9,0FFFFFFFFFFFFFFF1h
   48:  add r9,200h
   4f:  mov r10,r8
   52:  cmp r10,r9
   55:  jl 112h
   5b:  mov r9,r8
   5e:  and r9,0FFFFFFFFFFFFFF80h
   62:  imul r9,0Fh
   66:  add r8,r9
   69:  shl rdi,3
   6d:  lea r9,[rdi-0Fh]
   71:  cmp r8,r9
   74:  jl short 0CBh
   76:  add rdi,0FFFFFFFFFFFFFFF9h
   7d:  cmp r8,rdi
   80:  jl short 87h
   82:  mov rsp,rbp
   85:  pop rbp
   86:  ret
   87:  vmovsd xmm0,[rax+r8]
   8d:  vsubsd xmm4,xmm0,[rcx+r8]
   93:  vmovsd xmm0,[rdx+r8]
   99:  mov r10,r8
   9c:  shr r10,0Bh
   a0:  imul r10,80h
   a7:  mov r11,r8
   aa:  and r11,7Fh
   ae:  add r10,r11
   b1:  vfmadd213sd xmm4,xmm0,[rsi+r10]
   b7:  vmovsd [rsi+r10],xmm4
   bd:  add r8,8
   c4:  cmp r8,rdi
   c7:  jl short 87h
   c9:  jmp short 82h
   cb:  vmovupd xmm0,[rax+r8]
   d1:  vsubpd xmm6,xmm0,[rcx+r8]
   d7:  vmovupd xmm0,[rdx+r8]
   dd:  mov r10,r8
   e0:  shr r10,0Bh
   e4:  imul r10,80h
   eb:  mov r11,r8
   ee:  and r11,7Fh
   f2:  add r10,r11
   f5:  vfmadd213pd xmm6,xmm0,[rsi+r10]
   fb:  vmovupd [rsi+r10],xmm6
  101:  add r8,10h
  108:  cmp r8,r9
  10b:  jl short 0CBh
  10d:  jmp 76h
  112:  vmovupd [rsi+r10],xmm0
  118:  add r10,10h
  11f:  cmp r10,r9
  122:  jl short 112h
  124:  jmp 5Bh
  129:  mov r10,r8
  12c:  and r10,0FFFFFFFFFFFFFF80h
  130:  imul r11,r10,0Fh
  134:  lea r10,[r8+r11]
  138:  lea r11,[r8+r11+800h]
  140:  vmovdqu xmm5,xmm0
  144:  vmovdqu xmm6,xmm0
  148:  cmp r10,r11
  14b:  jl short 16Bh
  14d:  vmovupd [rsi+r8],xmm5
  153:  vmovupd [rsi+r8+10h],xmm6
  15a:  add r8,20h
  161:  cmp r8,r9
  164:  jl short 129h
  166:  jmp 41h
  16b:  vmovupd xmm1,[rax+r10]
  171:  vsubpd xmm1,xmm1,[rcx+r10]
  177:  vfmadd132pd xmm1,xmm5,[rdx+r10]
  17d:  vmovupd xmm2,[rax+r10+10h]
  184:  vsubpd xmm2,xmm2,[rcx+r10+10h]
  18b:  vfmadd132pd xmm2,xmm6,[rdx+r10+10h]
  192:  add r10,80h
  199:  vmovdqu xmm5,xmm1
  19d:  vmovdqu xmm6,xmm2
  1a1:  cmp r10,r11
  1a4:  jl short 16Bh
  1a6:  jmp short 14Dh
