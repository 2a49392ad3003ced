    0:  push rbp
    1:  mov rbp,rsp
    4:  mov rax,[rdi+8]
    8:  mov rcx,[rdi+10h]
    c:  mov rdx,[rdi+18h]
   10:  mov rsi,[rdi+20h]
   14:  mov rdi,[rdi]
   17:  vxorpd xmm0,xmm0,xmm0
   1b:  mov r8,rdi
   1e:  shr r8,8
   22:  imul r8,80h
   29:  xor r11,r11
   2c:  add r8,0FFFFFFFFFFFFFFF9h
   33:  cmp r11,r8
   36:  jl 0CDh
   3c:  mov r8,0FFFFFFFFFFFFFFF9h
   43:  add r8,200h
   4a:  mov r9,r11
   4d:  cmp r9,r8
   50:  jl short 0B9h
   52:  mov r8,r11
   55:  and r8,0FFFFFFFFFFFFFF80h
   59:  imul r8,0Fh
   5d:  add r8,r11
   60:  shl rdi,3
   64:  add rdi,0FFFFFFFFFFFFFFF9h
   6b:  cmp r8,rdi
   6e:  jl short 75h
   70:  mov rsp,rbp
   73:  pop rbp
   74:  ret
   75:  vmovsd xmm0,[rax+r8]
   7b:  vsubsd xmm0,xmm0,[rcx+r8]
   81:  vmovsd xmm1,[rdx+r8]
   87:  mov r9,r8
   8a:  shr r9,0Bh
   8e:  imul r9,80h
   95:  mov r10,r8
   98:  and r10,7Fh
   9c:  add r9,r10
   9f:  vfmadd213sd xmm0,xmm1,[rsi+r9]
   a5:  vmovsd [rsi+r9],xmm0
   ab:  add r8,8
   b2:  cmp r8,rdi
   b5:  jl short 75h
   b7:  jmp short 70h
   b9:  vmovsd [rsi+r9],xmm0
   bf:  add r9,8
   c6:  cmp r9,r8
   c9:  jl short 0B9h
   cb:  jmp short 52h
   cd:  mov r9,r11
   d0:  and r9,0FFFFFFFFFFFFFF80h
   d4:  imul r10,r9,0Fh
   d8:  lea r9,[r11+r10]
   dc:  lea r10,[r11+r10+800h]
   e4:  vmovdqu xmm1,xmm0
   e8:  cmp r9,r10
   eb:  jl short 104h
   ed:  vmovsd [rsi+r11],xmm1
   f3:  add r11,8
   fa:  cmp r11,r8
   fd:  jl short 0CDh
   ff:  jmp 3Ch
  104:  vmovsd xmm2,[rax+r9]
  10a:  vsubsd xmm2,xmm2,[rcx+r9]
  110:  vfmadd132sd xmm2,xmm1,[rdx+r9]
  116:  add r9,80h
  11d:  vmovdqu xmm1,xmm2
  121:  cmp r9,r10
  124:  jl short 104h
  126:  jmp short 0EDh
