    0:  push rbp
    1:  mov rbp,rsp
    4:  mov rsi,[rdi+8]
    8:  mov r8,rdi
    b:  mov rdi,[r8+10h]
    f:  mov r10,r8
   12:  mov r8,[r10+18h]
   16:  mov r9,[r10+20h]
   1a:  mov rax,[r10]
   1d:  vxorpd ymm6,ymm4,ymm4
   21:  vpbroadcastq ymm5,xmm6
   26:  mov r10,rax
   29:  shr r10,8
   2d:  imul r10,80h
   34:  xor rcx,rcx
   37:  add r10,0FFFFFFFFFFFFFF81h
   3e:  cmp rcx,r10
   41:  jl 12Eh
   47:  mov r10,0FFFFFFFFFFFFFFE1h
   4e:  add r10,200h
   55:  mov rdx,rcx
   58:  cmp rdx,r10
   5b:  jl 117h
   61:  mov r11,rcx
   64:  and r11,0FFFFFFFFFFFFFF80h
   68:  imul r11,0Fh
   6c:  add rcx,r11
   6f:  shl rax,3
   73:  lea r11,[rax-1Fh]
   77:  cmp rcx,r11
   7a:  jl short 0D2h
   7c:  add rax,0FFFFFFFFFFFFFFF9h
   83:  cmp rcx,rax
   86:  jl short 90h
   88:  mov rsp,rbp
   8b:  pop rbp
   8c:  vzeroupper
   8f:  ret
   90:  vmovsd xmm0,[rsi+rcx]
   95:  vsubsd xmm0,xmm0,[rdi+rcx]
   9a:  vmovsd xmm1,[r8+rcx]
   a0:  mov rdx,rcx
   a3:  shr rdx,0Bh
   a7:  imul rdx,80h
   ae:  mov r10,rcx
   b1:  and r10,7Fh
   b5:  add rdx,r10
   b8:  vfmadd213sd xmm0,xmm1,[r9+rdx]
   be:  vmovsd [r9+rdx],xmm0
   c4:  add rcx,8
   cb:  cmp rcx,rax
   ce:  jl short 90h
   d0:  jmp short 88h
   d2:  vmovupd ymm0,[rsi+rcx]
   d7:  vsubpd ymm0,ymm0,[rdi+rcx]
   dc:  vmovupd ymm1,[r8+rcx]
   e2:  mov rdx,rcx
   e5:  shr rdx,0Bh
   e9:  imul rdx,80h
   f0:  mov r10,rcx
   f3:  and r10,7Fh
   f7:  add rdx,r10
   fa:  vfmadd213pd ymm0,ymm1,[r9+rdx]
  100:  vmovupd [r9+rdx],ymm0
  106:  add rcx,20h
  10d:  cmp rcx,r11
  110:  jl short 0D2h
  112:  jmp 7Ch
  117:  vmovupd [r9+rdx],ymm5
  11d:  add rdx,20h
  124:  cmp rdx,r10
  127:  jl short 117h
  129:  jmp 61h
  12e:  mov rdx,rcx
  131:  and rdx,0FFFFFFFFFFFFFF80h
  135:  imul r11,rdx,0Fh
  139:  lea rdx,[rcx+r11]
  13d:  lea r11,[rcx+r11+800h]
  145:  vmovdqu ymm0,ymm5
  149:  vmovdqu ymm2,ymm5
  14d:  vmovdqu ymm6,ymm5
  151:  vmovdqu ymm7,ymm5
  155:  cmp rdx,r11
  158:  jl short 186h
  15a:  vmovupd [r9+rcx],ymm2
  160:  vmovupd [r9+rcx+20h],ymm6
  167:  vmovupd [r9+rcx+40h],ymm7
  16e:  vmovupd [r9+rcx+60h],ymm0
  175:  add rcx,80h
  17c:  cmp rcx,r10
  17f:  jl short 12Eh
  181:  jmp 47h
  186:  vmovupd ymm1,[rsi+rdx]
  18b:  vsubpd ymm1,ymm1,[rdi+rdx]
  190:  vfmadd132pd ymm1,ymm2,[r8+rdx]
  196:  vmovupd ymm2,[rsi+rdx+20h]
  19c:  vsubpd ymm2,ymm2,[rdi+rdx+20h]
  1a2:  vfmadd132pd ymm2,ymm6,[r8+rdx+20h]
  1a9:  vmovupd ymm3,[rsi+rdx+40h]
  1af:  vsubpd ymm3,ymm3,[rdi+rdx+40h]
  1b5:  vfmadd132pd ymm3,ymm7,[r8+rdx+40h]
  1bc:  vmovupd ymm4,[rsi+rdx+60h]
  1c2:  vsubpd ymm4,ymm4,[rdi+rdx+60h]
  1c8:  vfmadd132pd ymm4,ymm0,[r8+rdx+60h]
  1cf:  add rdx,80h
  1d6:  vmovdqu ymm7,ymm3
  1da:  vmovdqu ymm6,ymm2
  1de:  vmovdqu ymm2,ymm1
  1e2:  vmovdqu ymm0,ymm4
  1e6:  cmp rdx,r11
  1e9:  jl short 186h
  1eb:  jmp 15Ah
